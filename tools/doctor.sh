#!/usr/bin/env bash
# What is missing on this machine, and which ports are taken. Changes nothing.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
# shellcheck source=tools/packages.sh
. tools/packages.sh
# shellcheck source=tools/install.sh
. tools/install.sh
status=0

printf 'system      %s, %s cores, %s free in build/\n' \
  "$(. /etc/os-release && echo "$PRETTY_NAME")" "$(nproc)" "$(df -h . | awk 'NR == 2 {print $4}')"

report() { # purpose "package|why"...
  local purpose=$1 missing
  shift
  mapfile -t missing < <(missing_packages "$@")
  if [ ${#missing[@]} = 0 ]; then printf '%-11s every package is there\n' "$purpose"; return; fi
  printf '%-11s missing: %s\n' "$purpose" "$(printf '%s\n' "${missing[@]}" | cut -d'|' -f1 | tr '\n' ' ')"
  status=1
}
report build "${BUILD_PACKAGES[@]}"
report run "${RUN_PACKAGES[@]}"
report demo "${DEMO_PACKAGES[@]}"
report test "${TEST_PACKAGES[@]}"
report bench "${BENCH_PACKAGES[@]}"
report lint "${LINT_PACKAGES[@]}"

owner_of() { # port -> "name (pid 12)", as far as this user may see
  command -v ss >/dev/null || return 0
  ss -Hltnp "sport = :$1" 2>/dev/null | sed -nE 's/.*users:\(\("([^"]+)",pid=([0-9]+).*/\1 (pid \2)/p' | head -n 1
}
for entry in 9801:health_exporter 9802:business_exporter 9803:security_exporter 9093:alertd 9180:authd 9090:prometheus; do
  port=${entry%%:*}
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    printf 'port %-6s taken by %s (wanted by %s)\n' "$port" "$(owner_of "$port" | grep . || echo "some program")" "${entry#*:}"
  else
    printf 'port %-6s free (for %s)\n' "$port" "${entry#*:}"
  fi
done
exit "$status"
