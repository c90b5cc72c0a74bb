// demo-shop: the toy application of ./picket run --demo.
#include "base/daemon/daemon.h"
#include "tools/demo/shop/shop.h"

int main(int argc, char** argv) {
  const picket::DaemonSpec spec{
      .name = "demo-shop",
      .metric_prefix = "shop",
      .summary = "A toy application to look at through Picket: it is slow and fails at times.",
      .default_listen = "127.0.0.1:9820",
      .default_config = "shop.yml",
      .series_limit = {},
      .help_footer = "It has no configuration. What goes wrong when is in docs/demo.md."};
  const auto nothing_to_check = [](const picket::DaemonFlags&, const picket::Files&) {
    return picket::Result<void>();
  };
  return picket::run_daemon(argc, argv, spec, nothing_to_check, picket::demo::make_shop);
}
