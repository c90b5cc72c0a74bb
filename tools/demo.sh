# What ./picket run --demo adds to the fleet: something to see on every page (docs/demo.md). Sourced by tools/run.sh, whose
# functions and variables it uses; it keeps everything in the data folder.
# shellcheck shell=bash disable=SC2034,SC2154

demo_postgres= # the cluster's folder, which is made anew at each start

# name address port readiness-path; without a path it is enough that it listens
demo_services=(
  "postgres 127.0.0.1 9824"
  "redis 127.0.0.1 9823"
  "mail 127.0.0.1 9825"
  "shop 127.0.0.1 9820 /-/ready"
  "stock 127.0.0.1 9821 /-/ready"
  "nginx 127.0.0.1 9843"
  "node_exporter 127.0.0.1 9100 /metrics"
  "postgres_exporter 127.0.0.1 9187 /metrics"
  "redis_exporter 127.0.0.1 9121 /metrics"
)
demo_more_ports=(9822 9844) # of nginx

demo_check_ports() {
  local line name address port _
  for line in "${demo_services[@]}"; do
    read -r name address port _ <<<"$line"
    ! port_taken "$address" "$port" || die "port $port is taken, the demo's $name needs it"
  done
  for port in "${demo_more_ports[@]}"; do
    ! port_taken 127.0.0.1 "$port" || die "port $port is taken, the demo's nginx needs it"
  done
}

# --- files: made when they are missing, never changed ---
demo_template() { sed -e "s|@data@|$absolute|g" "tools/demo/files/$1"; }
demo_secret() { random_secret | create "$data/secrets/$1" 600; }
secret() { cat "$data/secrets/$1"; }

demo_files() {
  local name
  mkdir -p "$data/certificates" "$data/nginx/old/admin" "$data/mail"/{tmp,new,cur} "$data/state/redis"
  absolute=$(cd "$data" && pwd)
  for name in health business security alertd authd overrides; do demo_template "$name.yml" | create "$data/$name.yml" 600; done
  for name in health_api_token owner_password redis_password postgres_password old_shop_password; do demo_secret "$name"; done
  for name in anna ben clara david elena farid greta hugo eve; do printf '%s %s\n' "$name" "$(random_secret)"; done |
    create "$data/secrets/visitors" 600
  printf 'postgresql://postgres:%s@127.0.0.1:9824/postgres' "$(secret postgres_password)" | create "$data/secrets/postgres.dsn" 600
  printf 'admin:%s\n' "$(secret old_shop_password | openssl passwd -apr1 -stdin)" | create "$data/secrets/old_shop.htpasswd" 600
  demo_certificates
  demo_nginx_files
}

demo_sign() { # name days
  local base="$data/certificates/$1"
  openssl req -newkey rsa:2048 -nodes -keyout "$base.key" -subj "/CN=localhost" -out "$base.csr" 2>/dev/null
  printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n' >"$base.ext"
  openssl x509 -req -in "$base.csr" -CA "$data/certificates/ca.pem" -CAkey "$data/certificates/ca.key" -CAcreateserial \
    -days "$2" -extfile "$base.ext" -out "$base.pem" 2>/dev/null
  rm -f "$base.csr" "$base.ext"
}

demo_certificates() { # the old shop's ends in five days, however old the folder is
  if [ ! -e "$data/certificates/ca.pem" ]; then
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$data/certificates/ca.key" -subj "/CN=Picket demo authority" -days 3650 \
      -addext keyUsage=critical,keyCertSign,cRLSign -out "$data/certificates/ca.pem" 2>/dev/null
    demo_sign shop 800
    say "created $data/certificates/ (an authority of its own: browsers warn of it)"
  fi
  demo_sign old 5
}

demo_nginx_files() { # written at each start, from docs/forward-auth.md
  local user=
  [ "$(id -u)" != 0 ] || user="user root;"
  printf 'administration\n' >"$data/nginx/old/admin/index.html"
  demo_template nginx.conf | sed -e "s|@user@|$user|" >"$data/nginx/nginx.conf"
  awk '/^```nginx$/ {inside = 1; next} /^```/ {inside = 0} inside' docs/forward-auth.md |
    sed -e 's|listen 443 |listen 127.0.0.1:9843 |; s|listen 8443 |listen 127.0.0.1:9844 |' \
      -e 's|server_name app.example.org status.example.org;|server_name localhost;|; s|server_name app.example.org;|server_name localhost;|' \
      -e "s|/etc/ssl/certs/example.org.pem|$absolute/certificates/shop.pem|; s|/etc/ssl/private/example.org.key|$absolute/certificates/shop.key|" \
      -e 's|127.0.0.1:3000|127.0.0.1:9820|' \
      -e 's|https://$host$request_uri|https://$host:9843$request_uri|; s|X-Forwarded-Host $host;|X-Forwarded-Host $host:9843;|' \
      >"$data/nginx/forward-auth.conf"
  nginx -p "$data/nginx/" -e stderr -t -c nginx.conf >"$data/logs/nginx-check.log" 2>&1 || {
    cat "$data/logs/nginx-check.log" >&2
    die "nginx refuses the demo's configuration: see above"
  }
}

# --- what takes a while, and only when it is missing ---
demo_company() {
  [ ! -e "$data/state/.demo-company" ] || return 0
  say "making the demo company ($data/demo.db)"
  "$bin/business-demo" --database "sqlite:$data/demo.db" --organisations 300 --customers 20000 --days 60 --seed 7 2>&1 |
    tee "$data/logs/business-demo.log" | sed 's/^/    /' || die "$data/demo.db could not be made"
  : >"$data/state/.demo-company"
}

demo_accounts() {
  local name password
  [ ! -e "$data/state/.demo-accounts" ] || return 0
  say "making accounts: the owner, and those of $data/secrets/visitors"
  demo_account owner owner <"$data/secrets/owner_password"
  while read -r name password; do demo_account "$name" user <<<"$password"; done <"$data/secrets/visitors"
  : >"$data/state/.demo-accounts"
}
demo_account() { # name role, password on standard input
  "$bin/authctl" --storage.path "$data/state/authd" user create --role "$2" --username "$1" --email "$1@example.org" \
    --password-stdin >>"$data/logs/authctl.log" 2>&1 || { cat "$data/logs/authctl.log" >&2; die "the account $1 could not be made"; }
}

demo_history() { # only into an empty store
  local file files done=0 began=$SECONDS
  [ -z "$(ls -A "$data/state/prometheus")" ] || return 0
  rm -rf "$data/history" # of a start that was stopped
  mkdir -p "$data/history/store"
  say "making $demo_days days of history"
  "$bin/demo-history" --days "$demo_days" --database "sqlite:$data/demo.db" --into "$data/history" 2>&1 | sed 's/^/    /' ||
    die "the history could not be made"
  files=("$data"/history/*.om)
  for file in "${files[@]}"; do
    promtool tsdb create-blocks-from --quiet --max-block-duration=54h openmetrics "$file" "$data/history/store" \
      >>"$data/logs/promtool.log" 2>&1 || { cat "$data/logs/promtool.log" >&2; die "promtool refuses the history $file"; }
    rm -f "$file"
    done=$((done + 1))
    printf '    %s of %s parts are in Prometheus (%s s)\n' "$done" "${#files[@]}" $((SECONDS - began))
  done
  rmdir "$data/state/prometheus"
  mv "$data/history/store" "$data/state/prometheus"
  rmdir "$data/history"
}

# --- start and stop ---
demo_prometheus_flags=(--enable-feature=exemplar-storage)

demo_start_postgres() {
  local as=() bindir=/usr/lib/postgresql/15/bin
  demo_postgres=$(mktemp -d "${TMPDIR:-/tmp}/picket-demo.XXXXXX")
  secret postgres_password >"$demo_postgres/password"
  if [ "$(id -u)" = 0 ]; then # it does not run as root
    as=(setpriv --reuid postgres --regid postgres --clear-groups --)
    chown -R postgres "$demo_postgres"
  fi
  (cd / && "${as[@]}" "$bindir/initdb" -D "$demo_postgres/cluster" -A scram-sha-256 -U postgres --pwfile="$demo_postgres/password" \
    --no-sync --no-instructions -E UTF8 --locale=C) >"$data/logs/postgres.log" 2>&1 || fail_with_log postgres
  rm -f "$demo_postgres/password"
  start postgres "${as[@]}" "$bindir/postgres" -D "$demo_postgres/cluster" -c listen_addresses=127.0.0.1 -c port=9824 \
    -c unix_socket_directories= -c shared_buffers=32MB -c fsync=off
}

demo_start_redis() {
  printf 'bind 127.0.0.1\nport 9823\nsave ""\nappendonly no\nmaxmemory 64mb\ndir %s/state/redis\nrequirepass %s\n' "$absolute" \
    "$(secret redis_password)" | (umask 077; cat >"$data/state/redis/redis.conf")
  start redis redis-server "$data/state/redis/redis.conf"
}

demo_start_services() { # before the fleet
  local line name address port path
  demo_start_postgres
  demo_start_redis
  start mail /usr/bin/python3 -m aiosmtpd -n -l 127.0.0.1:9825 -c aiosmtpd.handlers.Mailbox "$data/mail"
  start shop "$bin/demo-shop" --config.file="$data/shop.yml" --storage.path="$data/state" --web.listen-address=127.0.0.1:9820
  start stock tools/demo/comes_and_goes.sh 150 130 "$bin/demo-shop" --config.file="$data/shop.yml" --storage.path="$data/state" \
    --web.listen-address=127.0.0.1:9821
  start nginx nginx -p "$data/nginx/" -e stderr -c nginx.conf
  start node_exporter prometheus-node-exporter --web.listen-address=127.0.0.1:9100
  DATA_SOURCE_NAME="$(secret postgres.dsn)?sslmode=disable" start postgres_exporter prometheus-postgres-exporter \
    --web.listen-address=127.0.0.1:9187
  REDIS_PASSWORD=$(secret redis_password) start redis_exporter prometheus-redis-exporter -redis.addr redis://127.0.0.1:9823 \
    -web.listen-address 127.0.0.1:9121
  for line in "${demo_services[@]}"; do
    read -r name address port path <<<"$line"
    if [ -n "$path" ]; then wait_ready "$name" "http://$address:$port$path"; else wait_listening "$name" "$address" "$port"; fi
  done
}
wait_listening() { # name address port
  local tries=0
  until port_taken "$2" "$3"; do
    kill -0 "${pids[$1]}" 2>/dev/null || fail_with_log "$1"
    tries=$((tries + 1))
    [ "$tries" -lt 150 ] || fail_with_log "$1"
    sleep 0.2
  done
}

demo_start_life() { # when the fleet is ready
  local pgbench=/usr/lib/postgresql/15/bin/pgbench carts
  carts='local n = 0; for i = 1, 20 do local key = "cart:" .. math.random(1, 60); if redis.call("GET", key) then n = n + 1
    else redis.call("SETEX", key, 20, string.rep("x", 500)) end end; return n'
  start company "$bin/business-demo" --database "sqlite:$data/demo.db" --live
  "$pgbench" -q -i -s 1 "$(secret postgres.dsn)" >"$data/logs/pgbench.log" 2>&1 || fail_with_log pgbench
  start pgbench "$pgbench" -n -R 5 -c 2 -T 31536000 "$(secret postgres.dsn)"
  REDISCLI_AUTH=$(secret redis_password) start redis_visitors redis-cli -p 9823 -r -1 -i 1 EVAL "$carts" 0
  curl -fsS -o /dev/null -X PUT -H "Authorization: Bearer $(secret health_api_token)" -d '{"status": "operational", "ttl": "25h"}' \
    http://127.0.0.1:9801/api/v1/health/services/nightly-backup || fail_with_log health_exporter
  start traffic "$bin/demo-traffic" --ca "$data/certificates/ca.pem" --accounts "$data/secrets/visitors"
}

demo_stop() { # what is not the fleet; PostgreSQL ends its sessions on SIGINT
  local name
  for name in traffic company pgbench redis_visitors redis_exporter postgres_exporter node_exporter nginx stock shop mail redis; do
    [ -z "${pids[$name]:-}" ] || kill -TERM "${pids[$name]}" 2>/dev/null || true
  done
  [ -z "${pids[postgres]:-}" ] || kill -INT "${pids[postgres]}" 2>/dev/null || true
}
demo_cleanup() { # after everything was stopped
  [ -z "$demo_postgres" ] || rm -rf "$demo_postgres"
}

demo_say() {
  local began
  began=$(date +%H:%M)
  say "the demo began at $began; what to look at:"
  printf '    %-22s %s\n' \
    "the shop" "https://localhost:9843/shop   (log in at /cart; the certificate is the demo's own)" \
    "logins" "https://localhost:9844/auth/login   owner, password in $data/secrets/owner_password: $(secret owner_password)" \
    "a visitor" "$(head -n 1 "$data/secrets/visitors" | sed 's/ /, password /')" \
    "the old shop" "https://localhost:9822/   (no authd, old TLS, a certificate that ends in five days)" \
    "mails" "$data/mail/new/" \
    "Prometheus" "http://127.0.0.1:9090/classic/graph   $demo_days days of history, kept for 40"
  say "what goes wrong, in minutes of each half hour from $began on (docs/demo.md):"
  sed -n 's/^| \([0-9]* to [0-9]*\) | \([^|]*\) |.*/    \1|\2/p' docs/demo.md | awk -F'|' '{printf("%-14s %s\n", $1, $2)}'
  say "run it anew from the beginning: rm -r $data"
}
