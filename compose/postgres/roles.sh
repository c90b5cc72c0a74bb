#!/bin/sh
# Runs once, when the database is made: the role and database of authd, and a role that only looks.
set -eu
literal() { sed "s/'/''/g" "/run/secrets/$1"; }
psql --set ON_ERROR_STOP=1 --quiet --username postgres --dbname postgres <<SQL
CREATE ROLE authd LOGIN PASSWORD '$(literal authd_database_password)';
CREATE DATABASE authd OWNER authd;
REVOKE CONNECT ON DATABASE authd FROM PUBLIC;
CREATE ROLE probe LOGIN PASSWORD '$(literal probe_database_password)' IN ROLE pg_monitor CONNECTION LIMIT 10;
SQL
