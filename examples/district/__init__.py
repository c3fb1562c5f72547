"""A simulated district of any plan: the pack's own YAML read as plain data, files as departments write them, a key.

Nothing of the pipeline is imported; what the YAML means is written down a second time here.
"""

from examples.district.run import simulate_district

__all__ = ["simulate_district"]
