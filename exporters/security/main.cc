#include "base/daemon/daemon.h"
#include "exporters/security/app.h"
#include "exporters/security/commands/commands.h"

int main(int argc, char** argv) {
  using namespace picket;
  DaemonSpec spec;
  spec.name = "security_exporter";
  spec.metric_prefix = "security_exporter";
  spec.summary =
      "Reads logs, each line once, and tells attacks, logins and transfers in metrics; scans targets for what "
      "makes them easy to attack.";
  spec.default_listen = "127.0.0.1:9803";
  spec.default_config = "security.yml";
  spec.pages = {{"events", "Events"}, {"posture", "Posture"}};
  spec.commands = security::commands();
  spec.help_footer =
      "Examples:\n"
      "  security_exporter --config.file security.yml --storage.path /var/lib/picket/security\n"
      "  security_exporter --config.file security.yml --config.check\n"
      "  security_exporter rules match \"/?q=1'+UNION+SELECT+password+FROM+users\"";
  return run_daemon(
      argc, argv, spec,
      [](const DaemonFlags& flags, const Files& files) {
        return security::check_config(flags.config_file, files);
      },
      [](DaemonContext& context) { return security::make_security_exporter(context); });
}
