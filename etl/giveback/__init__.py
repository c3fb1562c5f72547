"""Giving a file back to its sender: a copy in which every bad cell is marked, with a list of what to do."""

from etl.giveback.case import Case, case_of_batch, case_of_file
from etl.giveback.workbook import Giveback, make_giveback

__all__ = ["Case", "Giveback", "case_of_batch", "case_of_file", "make_giveback"]
