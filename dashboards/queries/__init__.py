"""Reads of the warehouse: each returns frozen records, none knows Dash."""
