#!/bin/sh
# The start of the container nginx: PICKET_HOST takes its place in nginx.conf.
set -eu
case $PICKET_HOST in
  "" | *[!A-Za-z0-9.-]*) echo "PICKET_HOST is \"$PICKET_HOST\": a host name is expected" >&2; exit 1 ;;
esac
sed "s/@PICKET_HOST@/$PICKET_HOST/g" /etc/picket/nginx.conf >/run/nginx/nginx.conf
exec nginx -c /run/nginx/nginx.conf -e stderr -g 'daemon off;' "$@"
