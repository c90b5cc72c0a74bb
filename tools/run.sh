#!/usr/bin/env bash
# Runs the fleet here, in the foreground: ./picket run [--listen ADDRESS] [--data DIR] [--check] [--write] [--bin DIR]
# [--demo [--days DAYS]]
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
install_log=${TMPDIR:-/tmp}/picket-install.$(id -u).log
say() { printf '\033[1mpicket\033[0m %s\n' "$*"; }
die() { printf '\033[1;31mpicket\033[0m %s\n' "$*" >&2; exit 1; }
# shellcheck source=tools/packages.sh
. tools/packages.sh
# shellcheck source=tools/install.sh
. tools/install.sh

listen=127.0.0.1 data= check=0 write=0 bin= demo=0 demo_days=35
while [ $# -gt 0 ]; do
  case $1 in
    --listen) listen=${2:?--listen needs an address}; shift ;;
    --data) data=${2:?--data needs a folder}; shift ;;
    --check) check=1 ;;
    --write) write=1 ;;
    --bin) bin=${2:?--bin needs a folder}; shift ;;
    --demo) demo=1 ;;
    --days) demo_days=${2:?--days needs a number}; shift ;;
    *) die "run does not know \"$1\": --listen ADDRESS, --data DIR, --check, --write, --bin DIR, --demo, --days DAYS" ;;
  esac
  shift
done
prometheus_flags=(--storage.tsdb.retention.time=40d) # objectives look at 30 days
if [ "$demo" = 1 ]; then
  [[ $demo_days =~ ^[1-9][0-9]?$ ]] && [ "$demo_days" -le 35 ] || die "--days: \"$demo_days\" is not a number from 1 to 35"
  [ "$listen" = 127.0.0.1 ] || die "--demo stays on this machine: without --listen"
  # shellcheck source=tools/demo.sh
  . tools/demo.sh
  prometheus_flags+=("${demo_prometheus_flags[@]}")
fi
if [ -z "$data" ]; then
  data=run
  [ "$demo" = 0 ] || data=run-demo
fi
reach=$listen
[ "$listen" != 0.0.0.0 ] || reach=127.0.0.1

if [ -z "$bin" ]; then
  bin=build/release/bin
  packages=("${BUILD_PACKAGES[@]}" "${RUN_PACKAGES[@]}")
  [ "$demo" = 0 ] || packages+=("${DEMO_PACKAGES[@]}")
  ensure_packages "running the fleet" "${packages[@]}"
  ./picket build release
elif [ "$demo" = 1 ]; then
  lacking=$(missing_packages "${RUN_PACKAGES[@]}" "${DEMO_PACKAGES[@]}" | cut -d'|' -f1 | tr '\n' ' ')
  [ -z "$lacking" ] || die "the demo needs Debian packages that are not installed: $lacking"
fi

# name address port readiness-path; Prometheus has no passwords, so it stays on this machine
fleet=(
  "prometheus 127.0.0.1 9090 /-/ready"
  "health_exporter $reach 9801 /-/ready"
  "business_exporter $reach 9802 /-/ready"
  "security_exporter $reach 9803 /-/ready"
  "alertd $reach 9093 /-/ready"
  "authd $reach 9180 /-/ready"
)

port_taken() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }
if [ "$write" = 0 ]; then
  for line in "${fleet[@]}"; do
    read -r name address port _ <<<"$line"
    ! port_taken "$address" "$port" || die "port $port is taken, $name needs it: ./picket doctor tells by whom"
  done
  [ "$demo" = 0 ] || demo_check_ports
fi

# --- the daemons' own files, secrets and folders: made when they are missing, never changed ---
mkdir -p "$data/logs" "$data/state/prometheus" "$data/state/health_exporter" "$data/state/business_exporter" "$data/state/security_exporter" "$data/state/alertd" "$data/state/authd" "$data/secrets"
chmod 700 "$data" "$data/secrets" "$data/state"

create() { # path mode, content on standard input
  if [ -e "$1" ]; then cat >/dev/null; return; fi
  (umask 077; cat >"$1.new")
  chmod "$2" "$1.new"
  mv "$1.new" "$1"
  say "created $1"
}
random_secret() { head -c 32 /dev/urandom | base64 | tr -d '=+/\n'; }
[ "$demo" = 0 ] || demo_files
random_secret | create "$data/secrets/health_api_token" 600
create "$data/health.yml" 600 <exporters/health/health.example.yml
# The example's lines behind "#run" read the small company that is made below.
sed 's/^\( *\)#run /\1/' exporters/business/business.example.yml | create "$data/business.yml" 600
# Its sources are logs of the fleet, which are named by their whole path.
absolute=$(cd "$data" && pwd)
sed -e 's/^\( *\)#run /\1/' -e "s|@data@|$absolute|" exporters/security/security.example.yml | create "$data/security.yml" 600
create "$data/alertd.yml" 600 <alertd/alertd.example.yml
{ cat authd/authd.example.yml && printf '\n# security_exporter reads it.\naudit: {file: "%s/logs/authd-audit.jsonl"}\n' "$absolute"; } | create "$data/authd.yml" 600
create "$data/overrides.yml" 600 <tools/fleet/overrides.example.yml

# --- prometheus.yml and rules/: written at each start, from what ships and overrides.yml ---
fleet_files() { "$bin/fleet_files" --data "$data" --reach "$reach" "$@"; }
check_new() { # what promtool refuses never takes the place of what works
  command -v promtool >/dev/null || return 0
  local new refused="$data/logs/prometheus.yml.refused"
  new=$(mktemp -d "$data/.new.XXXXXX")
  # Beside the old one, so that its relative paths mean the same.
  if fleet_files --into "$new" && mv "$new/prometheus.yml" "$new.yml" &&
    promtool check config "$new.yml" >"$data/logs/promtool.log" 2>&1 &&
    promtool check rules "$new"/rules/*.yml >>"$data/logs/promtool.log" 2>&1; then
    rm -rf "$new" "$new.yml"
    return 0
  fi
  if [ -e "$new.yml" ]; then
    mv "$new.yml" "$refused"
    sed -e "s|$new.yml|$refused|g; s|$new/|$data/|g" "$data/logs/promtool.log" >&2
    say "Prometheus refuses what $data/overrides.yml makes of its configuration: $refused is what it would have been" >&2
  fi
  rm -rf "$new"
  return 1
}
check_new || die "nothing was written or started: see above"
written=$(fleet_files) || die "nothing was started: see above"
while read -r line; do [ -z "$line" ] || say "$line"; done <<<"$written"

# --- grafana/: boards and data source for a Grafana of yours, made anew at each start; runbooks are links where their place is known ---
write_grafana() {
  local new="$data/.grafana.new" base
  rm -rf "$new"
  cp -r dashboards/provisioning "$new"
  sed -i "s|/etc/grafana/provisioning|$absolute/grafana|" "$new"/dashboards/*.yml
  if grep -q '^thresholds:' "$data/overrides.yml" && [ -e dashboards/node_modules/yaml ]; then
    node dashboards/build.mjs --overrides "$data/overrides.yml" --out "$new/dashboards/fleet" >"$data/logs/dashboards.log" || cat "$data/logs/dashboards.log" >&2
  fi
  base=$(sed -n 's|^ *runbook_url: \(.*\)AuthdDown\.md$|\1|p' "$data/rules/authd.yml")
  case $base in
    http*) sed -i "s|\`docs/runbooks/\([A-Za-z0-9]*\)\.md\`|[\1](${base//[&|]/\\&}\1.md)|g" "$new"/dashboards/fleet/*.json ;;
  esac
  rm -rf "$data/grafana"
  mv "$new" "$data/grafana"
}

declare -A urls=()
while read -r name url; do urls[$name]=$url; done < <(fleet_files --urls)
write_grafana
if [ "$write" = 1 ]; then
  say "$data/prometheus.yml, $data/rules/ and $data/grafana/ are up to date; nothing was started"
  exit 0
fi

# --- the small company that run/business.yml reads as an example ---
if grep -q '^[^#]*sqlite:sample.db' "$data/business.yml" && [ ! -e "$data/sample.db" ]; then
  "$bin/business-demo" --database "sqlite:$data/sample.db" --organisations 20 --customers 500 --days 60 --seed 1 \
    >"$data/logs/business-demo.log" 2>&1 || { cat "$data/logs/business-demo.log" >&2; die "$data/sample.db could not be made"; }
  say "created $data/sample.db, a small made-up company"
fi

if [ "$demo" = 1 ]; then
  demo_company
  demo_accounts
  demo_history
fi

# --- start, watch, stop ---
declare -A pids=()
stop_all() {
  trap '' INT TERM
  local name
  [ "$demo" = 0 ] || demo_stop
  for name in authd alertd security_exporter business_exporter health_exporter prometheus; do
    [ -z "${pids[$name]:-}" ] || kill -TERM "${pids[$name]}" 2>/dev/null || true
  done
  for name in "${!pids[@]}"; do wait "${pids[$name]}" 2>/dev/null || true; done
  [ "$demo" = 0 ] || demo_cleanup
}
start() { # name command...
  local name=$1
  shift
  setsid "$@" >>"$data/logs/$name.log" 2>&1 &
  pids[$name]=$!
}
fail_with_log() { # name
  printf '%s\n' "--- the end of $data/logs/$1.log" >&2
  tail -n 15 "$data/logs/$1.log" >&2
  stop_all
  die "$1 stopped; the rest of the fleet has been stopped too"
}
wait_ready() { # name url
  local tries=0 url=$2
  until curl -fsS -o /dev/null --max-time 2 "$url" 2>/dev/null; do
    kill -0 "${pids[$1]}" 2>/dev/null || fail_with_log "$1"
    tries=$((tries + 1))
    [ "$tries" -lt 150 ] || { curl -sS --max-time 2 "$url" >&2 || true; fail_with_log "$1"; }
    sleep 0.2
  done
}
stopping=0
trap 'stopping=1' INT TERM

[ "$demo" = 0 ] || demo_start_services
start prometheus prometheus --config.file="$data/prometheus.yml" --storage.tsdb.path="$data/state/prometheus" \
  --web.listen-address=127.0.0.1:9090 --web.external-url="${urls[prometheus]}" --web.route-prefix=/ "${prometheus_flags[@]}"
start health_exporter "$bin/health_exporter" --config.file="$data/health.yml" \
  --storage.path="$data/state/health_exporter" --web.listen-address="$listen:9801" --web.external-url="${urls[health_exporter]}"
start business_exporter "$bin/business_exporter" --config.file="$data/business.yml" \
  --storage.path="$data/state/business_exporter" --web.listen-address="$listen:9802" --web.external-url="${urls[business_exporter]}"
start security_exporter "$bin/security_exporter" --config.file="$data/security.yml" \
  --storage.path="$data/state/security_exporter" --web.listen-address="$listen:9803" --web.external-url="${urls[security_exporter]}"
start alertd "$bin/alertd" --config.file="$data/alertd.yml" \
  --storage.path="$data/state/alertd" --web.listen-address="$listen:9093" --web.external-url="${urls[alertd]}"
start authd "$bin/authd" --config.file="$data/authd.yml" \
  --storage.path="$data/state/authd" --web.listen-address="$listen:9180" --web.external-url="${urls[authd]}"
for line in "${fleet[@]}"; do
  read -r name address port path <<<"$line"
  wait_ready "$name" "http://$address:$port$path"
done

[ "$demo" = 0 ] || demo_start_life
say "the fleet is up (logs in $data/logs/, configuration in $data/)"
printf '    %-17s %s\n' \
  "health" "http://$reach:9801/   detailed: /api/health/detailed   metrics: /metrics" \
  "business" "http://$reach:9802/   reports: /reports   metrics: /metrics" \
  "security" "http://$reach:9803/   events: /events   posture: /posture   metrics: /metrics" \
  "alerts" "http://$reach:9093/   deliveries: /api/v1/deliveries" \
  "logins" "http://$reach:9180/   page: /auth/login   account: /auth/account" \
  "metrics engine" "http://127.0.0.1:9090/   (Debian's Prometheus, on this machine only)"
say "edit $data/health.yml, $data/business.yml, $data/security.yml, $data/alertd.yml and $data/authd.yml, then: curl -X POST http://$reach:9801/-/reload (or :9802, :9803, :9093, :9180)"
say "boards: start a Grafana with GF_PATHS_PROVISIONING=$absolute/grafana, or copy what is in $data/grafana/ to its own (docs/dashboards.md)"
[ "$demo" = 0 ] || demo_say
say "thresholds of alerts, more scrape jobs and links: $data/overrides.yml, in force after the next start"
if ! "$bin/authctl" --storage.path "$data/state/authd" user list --role owner --format json 2>/dev/null | grep -q username; then
  say "nobody can log in yet; make the owner, with a password of your own:"
  printf '    %s\n' "$bin/authctl --storage.path $data/state/authd user create --role owner --username YOU --email YOU@example.org"
fi

case $listen in
  127.* | localhost) ;;
  *) say "ports 9801, 9802, 9803, 9093 and 9180 answer whoever reaches them: use a firewall, or --web.config.file (TLS, passwords) where you start them yourself" ;;
esac

if [ "$check" = 1 ]; then
  stop_all
  say "everything was ready; stopped"
  exit 0
fi
say "Ctrl-C stops everything"
while [ "$stopping" = 0 ]; do
  for name in "${!pids[@]}"; do
    if ! kill -0 "${pids[$name]}" 2>/dev/null && [ "$stopping" = 0 ]; then fail_with_log "$name"; fi
  done
  sleep 0.5 &
  wait $! || true # a signal ends the wait at once
done
say "stopping"
stop_all
say "stopped"
