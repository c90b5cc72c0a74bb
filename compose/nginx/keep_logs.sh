#!/bin/sh
# The container log_keeper. nginx writes an access log a day and one error log: access logs that are old are removed, and a log
# that outgrows its limit begins anew; security_exporter has read it by then. keep_logs.sh FOLDER does it once.
set -eu
folder=${1:-/var/log/picket}
begin_anew() { find "$folder" -name "$1" -size "+$2" -exec sh -c ': >"$1"' _ {} \; ; }
keep() {
  find "$folder" -name 'access-*.log' -mtime "+$PICKET_LOG_DAYS" -delete
  begin_anew 'access-*.log' 1024M
  begin_anew error.log 50M
}
[ $# = 0 ] || { keep; exit; }
trap exit TERM
while :; do
  keep
  touch /tmp/kept
  sleep 60 &
  wait $!
done
