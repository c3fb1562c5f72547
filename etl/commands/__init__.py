"""The sub-commands of `bizenv`, grouped by what they are for."""
