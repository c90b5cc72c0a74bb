#!/usr/bin/env bash
# Runs every bench of a folder, or those named, and prints their rows as one table: name | ours | peer | ratio.
# PICKET_BENCH_FULL=1 gives bench_business the demo company in its full size.
set -euo pipefail
folder=$1
shift
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT
status=0
for program in "$folder"/bench_*; do
  name=$(basename "$program")
  [ $# = 0 ] || case " $* " in *" ${name#bench_} "*) ;; *) continue ;; esac
  printf 'running %s\n' "$name" >&2
  "$program" | tee -a "$rows" >&2 || { printf '%s failed\n' "$name" >&2; status=1; }
done
echo
awk -F ' *\\| *' 'BEGIN {printf "%-74s %18s %18s %10s\n", "what", "Picket", "peer", "ratio"}
  NF == 4 {printf "%-74s %18s %18s %10s\n", $1, $2, $3, $4}' "$rows"
exit "$status"
