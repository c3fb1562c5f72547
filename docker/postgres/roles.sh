#!/bin/sh
# Roles and databases of a new server: `bizenv` owns the warehouse, `bizenv_board` reads it and inserts requests (the
# migrations grant that), `airflow` owns its own metadata. Passwords reach psql as variables, never as a command line.
set -e
psql -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv owner BIZENV_DATABASE_PASSWORD
\getenv board BIZENV_BOARD_DATABASE_PASSWORD
\getenv airflow AIRFLOW_DATABASE_PASSWORD
create role bizenv login password :'owner';
create role bizenv_board login password :'board';
create role airflow login password :'airflow';
create database bizenv owner bizenv template template0 encoding 'UTF8' locale 'C.UTF-8';
create database airflow owner airflow template template0 encoding 'UTF8' locale 'C.UTF-8';
revoke all on database bizenv, airflow from public;
grant connect on database bizenv to bizenv_board;
SQL
