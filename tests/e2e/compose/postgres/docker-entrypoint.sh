#!/bin/sh
# In the container test Debian's PostgreSQL stands for the image that the stack names: this does what that image's entry point
# does for the settings which the stack uses.
set -eu
PATH=/usr/lib/postgresql/15/bin:$PATH
export PATH
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # shellcheck disable=SC2086
  initdb --pgdata "$PGDATA" --username postgres --pwfile "$POSTGRES_PASSWORD_FILE" $POSTGRES_INITDB_ARGS
  echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
  echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
  pg_ctl --pgdata "$PGDATA" --wait --options "-c listen_addresses=''" start
  for script in /docker-entrypoint-initdb.d/*.sh; do sh "$script"; done
  pg_ctl --pgdata "$PGDATA" --wait stop
fi
exec "$@"
