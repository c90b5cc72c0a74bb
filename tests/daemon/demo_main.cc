#include "base/daemon/daemon.h"
#include "tests/daemon/demo_service.h"

int main(int argc, char** argv) {
  const picket::DaemonSpec spec{.name = "demo_daemon",
                                .metric_prefix = "demo",
                                .summary = "Says <what> its configuration tells it to say.",
                                .default_listen = ":9899",
                                .default_config = "demo.yml",
                                .http_threads = 4,
                                .series_limit = {},
                                .help_footer = "The demo ends here."};
  return picket::run_daemon(argc, argv, spec, picket::test::check_demo_config,
                            picket::test::make_demo_service);
}
