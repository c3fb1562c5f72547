#!/bin/sh
# Brings both databases to the newest schema; safe to run at every start.
set -eu
mkdir -p /srv/bizenv/secrets /srv/bizenv/logs
chmod 0700 /srv/bizenv/secrets
airflow db migrate
python -c 'from schemas.settings import get_settings; from schemas.warehouse.engine import migrate; migrate(get_settings().database_url)'
