"""The whole stack on one machine: database, Airflow, board and mail sink under one supervisor."""
