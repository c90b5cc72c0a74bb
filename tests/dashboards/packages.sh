#!/usr/bin/env bash
# What the checks of the boards need from npm's registry, as locked.
#   packages.sh install FOLDER          into FOLDER/node_modules; FOLDER has package.json and package-lock.json
#   packages.sh with FOLDER COMMAND...  runs COMMAND with them
# Where the registry cannot be reached, both say "skipped: why" and exit with 77.
set -euo pipefail
task=$1 folder=$2
unreachable=$folder/unreachable
if [ "$task" = with ]; then
  [ ! -e "$unreachable" ] || { cat "$unreachable"; exit 77; }
  NODE_PATH=$folder/node_modules exec "${@:3}"
fi
rm -f "$unreachable"
if npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --prefix "$folder" 2>"$folder/errors"; then exit 0; fi
cat "$folder/errors" >&2
# Node's names of what is wrong with the way to it; whatever else npm says is a failure.
why=$(sed -nE 's/^npm (ERR!|error) code (E(NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|TIMEDOUT|NETUNREACH|HOSTUNREACH)|ERR_SOCKET_TIMEOUT|[A-Z_]*(CERT|SIGNATURE)[A-Z_]*)$/\2/p' "$folder/errors" | head -n 1)
[ -n "$why" ] || exit 1
echo "skipped: the registry of npm cannot be reached from here: $why" | tee "$unreachable"
exit 77
