"""What all stages stand on: the context of a run, outcomes, the lake, the legal clock."""
