#!/usr/bin/env bash
# clang-tidy over every source, or over the files named: tools/lint.sh [FILE...]
# Reading headers is most of the work, so eight files of a target are looked at together (CMake's unity build); files that
# cannot stand together, since they name something alike, are looked at one by one. Prints what it finds; exit 1 then.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
jobs=${PICKET_JOBS:-$(nproc)}

tidy() { # FILE: prints the findings; fails when there are some
  clang-tidy-16 -p build/lint --quiet --checks=-bugprone-suspicious-include "$1" 2>/dev/null
}
export -f tidy

tidy_together() { # UNITY-FILE
  local found alone status=0
  found=$(tidy "$1") && return 0
  if ! grep -q clang-diagnostic-error <<<"$found"; then printf '%s\n' "$found"; return 1; fi
  while read -r alone; do
    clang-tidy-16 -p build/dev --quiet "$alone" 2>/dev/null || status=1
  done < <(sed -nE 's/^#include "(.*)"$/\1/p' "$1")
  return "$status"
}
export -f tidy_together

if [ $# -gt 0 ]; then
  printf '%s\0' "$@" | xargs -0 -P "$jobs" -n 1 clang-tidy-16 -p build/dev --quiet 2>/dev/null
  exit
fi
cmake --preset lint >build/lint.log 2>&1 || { cat build/lint.log >&2; exit 1; }
find build/lint -path '*/Unity/*.cxx' -print0 | sort -z | xargs -0 -P "$jobs" -I{} bash -c 'tidy_together "$1"' _ {}
