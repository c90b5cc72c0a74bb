#include "base/daemon/daemon.h"
#include "exporters/business/app.h"
#include "exporters/business/commands/commands.h"

int main(int argc, char** argv) {
  using namespace picket;
  DaemonSpec spec;
  spec.name = "business_exporter";
  spec.metric_prefix = "business_exporter";
  spec.summary =
      "Turns the results of SQL queries into metrics. Queries run on their own schedule, read-only and "
      "within "
      "limits, never inside a scrape.";
  spec.default_listen = "127.0.0.1:9802";
  spec.default_config = "business.yml";
  spec.pages = {{"reports", "Reports"}};
  spec.commands = business::commands();
  spec.help_footer =
      "Examples:\n"
      "  business_exporter --config.file business.yml --storage.path /var/lib/picket/business\n"
      "  business_exporter --config.file business.yml --config.check\n"
      "  business_exporter --config.file business.yml query orders --dry-run\n"
      "  business_exporter pack schema revenue";
  return run_daemon(
      argc, argv, spec,
      [](const DaemonFlags& flags, const Files& files) {
        return business::check_config(flags.config_file, files);
      },
      [](DaemonContext& context) { return business::make_business_exporter(context); });
}
