# What Picket takes from Debian 12, as "package|what it is for". Sourced by ./picket.
# shellcheck shell=bash disable=SC2034

BUILD_PACKAGES=(
  "g++|C++20 compiler" "cmake|build" "ninja-build|build" "ccache|makes the second build fast" "mold|fast linker" "pkg-config|build" "git|version of the build"
  "libexpected-dev|Result type" "libfmt-dev|text" "libre2-dev|regular expressions" "libhowardhinnant-date-dev|time zones"
  "libyaml-cpp-dev|configuration" "libcli11-dev|flags" "nlohmann-json3-dev|JSON" "libssl-dev|TLS, cryptography" "libcrypt-dev|bcrypt" "libargon2-dev|password hashes" "libqrcodegencpp-dev|QR codes"
  "libboost1.81-dev|network server (Asio, Beast)" "libcurl4-openssl-dev|HTTP and SMTP client" "libc-ares-dev|DNS resolver"
  "libcpp-httplib-dev|command-line HTTP client" "zlib1g-dev|gzip" "prometheus-cpp-dev|metric registry" "libsqlite3-dev|embedded database"
  "libicu-dev|names and passwords in any script" "libpqxx-dev|PostgreSQL" "libpq-dev|PostgreSQL" "libhiredis-dev|Redis" "libsystemd-dev|socket activation, readiness"
)
RUN_PACKAGES=(
  "prometheus|metrics engine of the fleet" "ca-certificates|certificates to verify" "tzdata|time zones" "curl|readiness checks of ./picket run"
)
# What ./picket run --demo has to show besides the fleet.
DEMO_PACKAGES=(
  "prometheus-node-exporter|this machine" "prometheus-postgres-exporter|PostgreSQL" "prometheus-redis-exporter|Redis"
  "postgresql-15|a database" "redis-server|a cache" "nginx-light|the shop's proxy" "python3-aiosmtpd|catches the mails" "openssl|certificates"
)
TEST_PACKAGES=(
  "libgtest-dev|unit tests" "libgmock-dev|unit tests" "libcivetweb-dev|foreign exporter and web server in tests" "prometheus|promtool and a real Prometheus"
  "postgresql-15|real PostgreSQL" "postgresql-client-15|its console" "sqlite3|foreign databases" "redis-server|real Redis" "nginx-light|real web server" "caddy|real proxy in front of authd" "python3-aiosmtpd|real SMTP server"
  "argon2|foreign password hashes" "oathtool|foreign one-time codes" "python3-prometheus-client|strict OpenMetrics parser" "openssl|test certificates" "ca-certificates|certificates to verify" "tzdata|time zones"
  "python3-jwt|foreign verifier of tokens" "python3-cryptography|its signatures" "python3-jsonschema|answers against their schemas" "curl|command-line tests" "procps|process checks" "logrotate|real rotation of logs" "chromium|real browser" "chromium-driver|drives it"
  "prometheus-blackbox-exporter|its modules, and what it answers"
  "prometheus-node-exporter|the demo" "prometheus-postgres-exporter|the demo" "prometheus-redis-exporter|the demo"
  "docker.io|real containers" "docker-compose|real stack" "debootstrap|base image of the stack's test"
)
BENCH_PACKAGES=(
  "prometheus-blackbox-exporter|peer of health_exporter" "prometheus-alertmanager|peer of alertd" "prometheus-sql-exporter|peer of business_exporter"
  "prometheus-postgres-exporter|peer of business_exporter" "mtail|peer of security_exporter" "wrk|load generator" "libcivetweb-dev|peer of the HTTP server"
)
SHOTS_PACKAGES=("chromium|draws the boards" "pngquant|makes the pictures small")
# The checks of the boards and the peer of authd run on the node that is here already, or on Debian's.
if ! command -v npm >/dev/null; then
  TEST_PACKAGES+=("nodejs|checks of the boards" "npm|installs their libraries")
  BENCH_PACKAGES+=("nodejs|peer of authd" "npm|installs its libraries")
  SHOTS_PACKAGES+=("nodejs|draws the boards" "npm|installs Grafana's components")
fi
LINT_PACKAGES=("clang-tidy-16|static analysis" "clang-format-16|format" "clang-16|fuzzing" "libclang-rt-16-dev|sanitizer runtime of clang")
# Installing these would start a service; Picket wants the program alone. "package:unit" where the names differ.
SERVICE_UNITS=(prometheus postgresql redis-server nginx caddy prometheus-blackbox-exporter prometheus-alertmanager prometheus-node-exporter
  prometheus-sql-exporter prometheus-postgres-exporter prometheus-redis-exporter mtail docker.io:docker.service docker.io:docker.socket docker.io:containerd.service)
