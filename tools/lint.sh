#!/usr/bin/env bash
# clang-tidy over every source, or over the files named: tools/lint.sh [FILE...]
# Reading headers is most of the work, so the files of a target are looked at eight at a time (CMake's unity build); files that
# cannot stand together, since they name something alike, are parted and looked at again. Prints what it finds; exit 1 then.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
jobs=${PICKET_JOBS:-$(nproc)}

# clang-tidy counts on standard error what it did not show, beside its own faults, which are to be seen.
without_counts() { sed -E '/^([0-9]+ (warnings?|errors?)|Suppressed|Use -header-filter|Error while processing)/d'; }
export -f without_counts

if [ $# -gt 0 ]; then
  cmake --preset lint >build/lint.log 2>&1 || { cat build/lint.log >&2; exit 1; }
  printf '%s\0' "$@" | xargs -0 -P "$jobs" -n 1 clang-tidy-16 -p build/lint --quiet --extra-arg=-Wno-unknown-warning-option 2> >(without_counts >&2)
  exit
fi

# How a unity file of CMake's is compiled: every word but the compiler, the output and the input.
flags_of() { # UNITY-FILE
  grep -F -- "-c $1\"" build/lint/compile_commands.json | sed -E 's/^ *"command": "[^ ]+ //; s/ -o [^ ]+ -c .*$//; s/\\+"/"/g'
}

# Looks at the files together; when they clash, at each half. One file that does not compile is a finding.
tidy() { # FLAGS-FILE FILE...
  local flags=$1 unity found half status=0
  shift
  unity=$(mktemp build/lint/part-XXXXXX.cc)
  printf '#include "%s"\n' "$@" >"$unity"
  found=$(clang-tidy-16 --quiet --checks=-bugprone-suspicious-include --header-filter="^$PWD/(base|exporters|alertd|authd|tools|tests)/" "$unity" -- $(cat "$flags") -Wno-unknown-warning-option 2> >(without_counts >&2)) || status=1
  rm -f "$unity"
  if [ "$status" = 0 ]; then return 0; fi
  if [ $# = 1 ] || ! grep -q clang-diagnostic-error <<<"$found"; then printf '%s\n' "$found"; return 1; fi
  half=$(($# / 2)) status=0
  tidy "$flags" "${@:1:half}" || status=1
  tidy "$flags" "${@:half+1}" || status=1
  return "$status"
}

tidy_unity() { # UNITY-FILE
  local flags files status=0
  flags=$(mktemp)
  flags_of "$1" >"$flags"
  mapfile -t files < <(sed -nE 's/^#include "(.*)"$/\1/p' "$1")
  tidy "$flags" "${files[@]}" || status=1
  rm -f "$flags"
  return "$status"
}
export -f flags_of tidy tidy_unity

cmake --preset lint >build/lint.log 2>&1 || { cat build/lint.log >&2; exit 1; }
rm -f build/lint/part-*.cc
find "$PWD/build/lint" -path '*/Unity/*.cxx' -print0 | sort -z | xargs -0 -P "$jobs" -I{} bash -c 'tidy_unity "$1"' _ {}
