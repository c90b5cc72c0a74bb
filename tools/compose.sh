#!/usr/bin/env bash
# The fleet in containers: ./picket compose. docs/compose.md tells what it is.
set -euo pipefail
called_from=${PICKET_CALLED_FROM:-$PWD}
cd "$(dirname "$(readlink -f "$0")")/../compose"
say() { printf '\033[1mpicket\033[0m %s\n' "$*"; }
die() { printf '\033[1;31mpicket\033[0m %s\n' "$*" >&2; exit 1; }

usage() {
  cat <<'END'
usage: ./picket compose <command> [--files DIR] ...

  init --host NAME   makes .env, secrets/ and config/ of a stack that people reach as NAME; changes nothing that is there
  up                 builds the images, starts everything and waits until it is healthy
  down               stops and removes the containers; volumes stay
  config             the merged files, as docker-compose understands them
  logs, ps, exec, start, stop, restart, kill
                     as docker-compose knows them: ./picket compose logs -f authd

--files DIR holds .env, secrets/ and config/ (compose/); of exec it stands before the service. Further words go to docker-compose.
END
}

command=${1:-help} files=$PWD
[ $# = 0 ] || shift
host= more=()
while [ $# -gt 0 ]; do
  case $command:$1 in
    *:--files) files=$(cd "$called_from" && readlink -m "${2:?--files needs a folder}"); shift ;;
    init:--host) host=${2:?--host needs a name}; shift ;;
    init:*) die "init does not know \"$1\"" ;;
    exec:[!-]*) more+=("$@"); break ;; # the command's own flags
    *) more+=("$1") ;;
  esac
  shift
done
secrets=$files/secrets
of_files= # as one types it
[ "$files" = "$PWD" ] || of_files=" --files $files"

# --- init: whatever is there stays as it is ---
is_host_name() { [[ $1 =~ ^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$ ]]; }
shown() { printf %s "${1#"$PWD"/}"; } # a path, in compose/ from there
create() { # path mode, content on standard input
  if [ -e "$1" ]; then cat >/dev/null; return; fi
  (umask 077; cat >"$1.new")
  chmod "$2" "$1.new"
  mv "$1.new" "$1"
  say "created $(shown "$1")"
}
secret() { create "$secrets/$1" 0440; } # name, content on standard input
random_word() { head -c 32 /dev/urandom | base64 -w 0 | tr '+/' '-_' | tr -d =; } # 43 characters
value_of() { cat "$secrets/$1"; }
setting() { sed -n "s/^$1=//p" "$files/.env"; }
sha256_of() { printf %s "$1" | sha256sum | cut -d' ' -f1; }

make_env() {
  local version
  version=$(sed -nE 's/^project\(picket VERSION ([0-9.]+).*/\1/p' ../CMakeLists.txt)
  [ -e "$files/.env" ] || [ -n "$host" ] || die "which host name will people type? ./picket compose init --host picket.example.org"
  [ -z "$host" ] || is_host_name "$host" || die "\"$host\" is no host name (lower case, no port)"
  sed -e "s/^PICKET_HOST=.*/PICKET_HOST=$host/" -e "s/^PICKET_VERSION=.*/PICKET_VERSION=$version/" \
    -e "s|^PICKET_FILES=.*|PICKET_FILES=$([ "$files" = "$PWD" ] && echo . || echo "$files")|" example.env | create "$files/.env" 0644
  [ -z "$host" ] || [ "$(setting PICKET_HOST)" = "$host" ] || die "$files/.env says PICKET_HOST=$(setting PICKET_HOST): change it there"
}
make_passwords() {
  local name
  for name in postgres_password authd_database_password probe_database_password authd_redis_password probe_redis_password \
    grafana_admin_password health_api_token; do
    random_word | secret "$name"
  done
  for name in authd_audit_key authd_api_key_key authd_otp_key; do head -c 32 /dev/urandom | base64 -w 0 | secret "$name"; done
  printf '%s %s\n' "$(date +%Y%m%d)-$(head -c 3 /dev/urandom | od -An -tx1 | tr -d ' ')" \
    "$(random_word)" | secret authd_sealing_keys
  # Yours to fill in: of the mail server, of Slack, and where business_exporter reads.
  for name in smtp_password slack_url app_database_dsn; do secret "$name" </dev/null; done
}
make_derived() { # the same passwords in the forms that their readers take
  printf '[authd]\nhost=postgres\ndbname=authd\nuser=authd\npassword=%s\n' "$(value_of authd_database_password)" | secret authd_database
  printf 'postgresql://probe:%s@postgres/postgres' "$(value_of probe_database_password)" | secret probe_database_dsn
  printf '{"redis://redis:6379": "%s"}\n' "$(value_of probe_redis_password)" | secret redis_exporter_passwords
  printf 'user %s\n' "default off" \
    "authd on #$(sha256_of "$(value_of authd_redis_password)") ~picket:* +@all -@admin -@dangerous" \
    "probe on #$(sha256_of "$(value_of probe_redis_password)") +ping +info +config|get +slowlog|len +latency|latest" | secret redis_users
}
make_certificate() {
  [ ! -e "$secrets/tls_key" ] && [ ! -e "$secrets/tls_certificate" ] || return 0
  local work name
  work=$(mktemp -d)
  name=$(setting PICKET_HOST)
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 397 -subj "/CN=$name" \
    -addext "subjectAltName=DNS:$name" -keyout "$work/key" -out "$work/certificate" 2>"$work/log" || { cat "$work/log" >&2; die "no certificate"; }
  secret tls_key <"$work/key"
  secret tls_certificate <"$work/certificate"
  rm -rf "$work"
  say "the certificate is self-signed, for a year: docs/compose.md (Your certificate) tells how to put in your own"
}
make_authorities() { # whom those believe that ask nginx: the certificate itself, or the authorities that this machine trusts
  local from=$secrets/tls_certificate
  openssl verify -no-CApath -no-CAstore -no_check_time -CAfile "$from" "$from" >/dev/null 2>&1 || from=/etc/ssl/certs/ca-certificates.crt
  secret tls_ca <"$from"
}
make_config() {
  local file
  (umask 022; mkdir -p "$files"/config/{alertd/rules,authd,health_exporter,business_exporter,security_exporter})
  for file in examples/*.yml examples/*/*.yml; do
    sed -e "s/@PICKET_HOST@/$(setting PICKET_HOST)/g" -e "s/@PICKET_NET@/$(setting PICKET_NET)/g" "$file" |
      create "$files/config/${file#examples/}" 0644
  done
}
cmd_init() {
  command -v openssl >/dev/null || die "openssl is needed for the certificate"
  mkdir -p "$files"
  make_env
  mkdir -p "$secrets"
  chmod 0700 "$secrets"
  make_passwords
  make_derived
  make_certificate
  make_authorities
  make_config
  say "next: ./picket compose up$of_files"
}

# --- the others ---
export COMPOSE_HTTP_TIMEOUT=${COMPOSE_HTTP_TIMEOUT:-300} # a busy machine stops containers slowly
compose() {
  [ -e "$files/.env" ] || die "run ./picket compose init$of_files first"
  local program=(docker-compose)
  command -v docker-compose >/dev/null || program=(docker compose)
  command -v "${program[0]}" >/dev/null || die "docker-compose is needed: apt-get install docker.io docker-compose"
  "${program[@]}" --env-file "$files/.env" "$@"
}
check_config() { # authd.yml was made for one host and network
  local line
  for line in "https://$(setting PICKET_HOST):8443" "$(setting PICKET_NET).10/32"; do
    grep -qF "$line" "$files/config/authd/authd.yml" || say "$files/config/authd/authd.yml does not name $line, as .env has it: nobody can log in so" >&2
  done
}
has_files() { # what docker does not find it makes itself, as an empty folder
  [ -f "$files/.env" ] && [ -f "$files/config/overrides.yml" ] && [ -d "$secrets" ] || return 1
  [ ! -r "$secrets" ] || [ -n "$(ls "$secrets")" ]
}
inspect() { # a line for each container: its service, and what the format says
  local ids
  ids=$(compose ps --all -q) || die "docker-compose does not say which containers there are"
  [ -n "$ids" ] || die "there is no container"
  # shellcheck disable=SC2086
  docker inspect -f "{{index .Config.Labels \"com.docker.compose.service\"}} $1" $ids || die "docker does not say how the containers are"
}
not_healthy() { # SERVICE STATUS HEALTH a line; prepare ends, the others run
  local all
  all=$(inspect '{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{end}}') || exit
  awk '$1 != "prepare" && ($2 != "running" || ($3 != "" && $3 != "healthy")) {print "    " $0}' <<<"$all"
}
# What to do, where docker-compose's last words do not say it.
explain_failed_up() { # when it began
  local all service code id started error
  all=$(inspect '{{.State.ExitCode}} {{.Id}} {{.State.StartedAt}} {{.State.Error}}' 2>/dev/null) || all=
  while read -r service code id started error; do
    if [ "$service" = prepare ] && [ "$code" != 0 ] && [[ $started > $1 ]]; then
      docker logs --since "$started" "$id" 2>&1 |
        sed -e "s|/generated/overrides.yml|$(shown "$files/config/overrides.yml")|" -e "s|/secrets/|$(shown "$secrets/")|" >&2
      die "prepare failed, as said above: put it right and run ./picket compose up$of_files again"
    fi
    case $error in *"not a shared or slave mount"*)
      say "$service did not start: / of this machine is not a shared mount. Make it one, as root: mount --make-rshared /" >&2
      die "and run ./picket compose up$of_files again; or leave $service out: ./picket compose up$of_files --scale $service=0" ;;
    esac
  done <<<"$all"
  die "docker-compose could not start everything: what it says is above"
}
# Until everything is healthy; what is not is named.
wait_healthy() {
  local waiting end=$((SECONDS + ${PICKET_COMPOSE_WAIT:-180}))
  while waiting=$(not_healthy) || exit; [ -n "$waiting" ]; do
    if [ "$SECONDS" -ge "$end" ]; then
      printf '%s\n' "$waiting" >&2
      die "these are not healthy: ./picket compose logs$of_files SERVICE tells more"
    fi
    sleep 2
  done
}
tell_first_account() {
  local owners when='' dsn='postgresql:///?service=authd'
  local authctl=(authd authctl --config.file /etc/picket/authd.yml --storage.path /var/lib/picket --storage.dsn)
  owners=$(compose exec -T "${authctl[@]}" "$dsn" user list --role owner --format json </dev/null 2>/dev/null) || when=", if there is none yet"
  case $owners in *username*) return ;; esac
  say "the first account, with a password of your own$when:"
  printf '    %s\n' "./picket compose exec$of_files ${authctl[*]} '$dsn' user create --role owner --username YOU --email YOU@example.org"
}
cmd_up() {
  local began name
  has_files || die "run ./picket compose init$of_files first"
  check_config
  began=$(date -u +%FT%T)
  compose up -d "${more[@]}" || explain_failed_up "$began"
  wait_healthy
  name=$(setting PICKET_HOST)
  say "everything is healthy; nginx answers on $(setting PICKET_BIND)"
  printf '    %-10s %s\n' login "https://$name:8443/" health "https://$name/health/" alerts "https://$name/alerts/" \
    security "https://$name/security/" business "https://$name/business/"
  case $(setting COMPOSE_FILE) in *monitoring*)
    printf '    %-10s %s\n' prometheus "https://$name/prometheus/" grafana "https://$name/grafana/" ;;
  esac
  tell_first_account
}

case $command in
  init) cmd_init ;;
  up) cmd_up ;;
  down | config | logs | ps | exec | start | stop | restart | kill) compose "$command" "${more[@]}" ;;
  help | -h | --help) usage ;;
  *) usage >&2; die "no command \"$command\"" ;;
esac
