#include <malloc.h>

#include "base/daemon/daemon.h"
#include "exporters/health/app.h"
#include "exporters/health/probers/register_probers.h"

int main(int argc, char** argv) {
  using namespace picket;
  // A few arenas instead of eight per core: ten thousand checks are small blocks that many threads free.
  mallopt(M_ARENA_MAX, 2);

  DaemonSpec spec;
  spec.name = "health_exporter";
  spec.metric_prefix = "health_exporter";
  spec.summary =
      "Probes services on a schedule, keeps their state and uptime, and shows all of it to Prometheus, to "
      "load "
      "balancers and to people.";
  spec.default_listen = ":9801";
  spec.default_config = "health.yml";
  spec.help_footer =
      "Examples:\n"
      "  health_exporter --config.file health.yml --storage.path /var/lib/picket/health\n"
      "  health_exporter --config.file health.yml --config.check";

  const health::ProberRegistry probers = health::all_probers();
  return run_daemon(
      argc, argv, spec,
      [&probers](const DaemonFlags& flags, const Files& files) {
        return health::check_config(flags.config_file, files, probers);
      },
      [&probers](DaemonContext& context) { return std::make_unique<health::App>(context, probers); });
}
