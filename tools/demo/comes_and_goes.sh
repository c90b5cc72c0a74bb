#!/usr/bin/env bash
# A service that dies (SIGKILL) and comes back: comes_and_goes.sh SECONDS-UP SECONDS-DOWN COMMAND...
set -euo pipefail
up=$1 down=$2 service= nap=
shift 2
end() {
  trap - TERM INT
  [ -z "$service" ] || kill -KILL "$service" 2>/dev/null || true
  [ -z "$nap" ] || kill "$nap" 2>/dev/null || true
  exit 0
}
trap end TERM INT
rest() { # seconds
  sleep "$1" &
  nap=$!
  wait "$nap" || true
}
while :; do
  "$@" &
  service=$!
  rest "$up"
  kill -KILL "$service" 2>/dev/null || true
  wait "$service" 2>/dev/null || true
  service=
  rest "$down"
done
