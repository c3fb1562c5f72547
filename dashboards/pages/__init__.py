"""Pages: layout only, from what the queries return."""
