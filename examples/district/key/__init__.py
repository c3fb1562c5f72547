"""The answer key: every verdict of the plan worked out from what the files tell, by the rules written for people."""

from examples.district.key.verdicts import work_out_all

__all__ = ["work_out_all"]
