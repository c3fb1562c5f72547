"""The answer key: every verdict worked out a second time, in plain Python, from the rows and nothing else."""

from examples.answers.answer import Answer, to_rows
from examples.answers.key import work_out

__all__ = ["Answer", "to_rows", "work_out"]
