// authd: flags only; everything else is in app.cc and base/daemon.
#include "authd/app.h"
#include "base/daemon/daemon.h"

int main(int argc, char** argv) {
  const picket::DaemonSpec spec{
      .name = "authd",
      .metric_prefix = "authd",
      .summary =
          "Logs people and programs in: passwords, second factors, sessions, signed tokens, API keys, roles, "
          "limits, and an audit log. Stands in front of apps by nginx's auth_request, Traefik, Caddy or "
          "Envoy.",
      .default_listen = "127.0.0.1:9180",
      .default_config = "authd.yml",
      .http_threads = picket::authd::http_threads(),
      .server_threads = picket::authd::server_threads(),
      .series_limit = {},
      .help_footer =
          "Make the first account (there is none before):\n  authctl --storage.path DIR user create "
          "--role owner --username YOU --email YOU@example.org"};
  return picket::run_daemon(argc, argv, spec, picket::authd::check_authd_config, picket::authd::make_authd);
}
