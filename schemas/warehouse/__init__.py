"""The warehouse: PostgreSQL tables of results, their migrations, and what is particular to PostgreSQL."""
