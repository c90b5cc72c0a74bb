// alertd: flags only; everything else is in app.cc and base/daemon.
#include "alertd/app.h"
#include "base/daemon/daemon.h"

int main(int argc, char** argv) {
  const picket::DaemonSpec spec{
      .name = "alertd",
      .metric_prefix = "alertd",
      .summary =
          "Evaluates Prometheus alerting rules and delivers notifications by email, SMS, Slack and webhook. "
          "Alerts, timers and "
          "messages survive a crash; every delivery and every try can be looked up.",
      .default_listen = ":9093",
      .default_config = "alertd.yml",
      .http_threads = 4,
      .series_limit = {},
      .help_footer =
          "Check a configuration, its rule files and templates:\n  alertd --config.check --config.file "
          "alertd.yml"};
  return picket::run_daemon(
      argc, argv, spec,
      [](const picket::DaemonFlags& flags, const picket::Files& files) {
        return picket::alertd::check_alertd_config(flags.config_file, files);
      },
      picket::alertd::make_alertd);
}
