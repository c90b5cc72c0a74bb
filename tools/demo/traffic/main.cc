// demo-traffic: standard error, signals and the clock; everything else is in traffic.cc.
#include <future>
#include <iostream>

#include "base/daemon/signals.h"
#include "base/files/files.h"
#include "base/time/timer_thread.h"
#include "tools/demo/traffic/traffic.h"

namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

int fails(const picket::Error& error, int status) {
  std::cerr << "demo-traffic: " << error.message << "\n";
  return status;
}

int run(const picket::demo::TrafficOptions& options) {
  using namespace picket;
  const auto text = RealFiles().read(options.accounts_file, 1_MiB);
  if (!text) return fails(text.error(), kFailed);
  const auto accounts = demo::parse_accounts(*text);
  if (!accounts) return fails(accounts.error(), kFailed);
  std::promise<void> stopped;
  Signals signals;
  signals.listen([&, once = false](int) mutable {
    if (!std::exchange(once, true)) stopped.set_value();
  });
  EventLoop loop;
  Resolver resolver(loop);
  CurlClient client(loop, resolver);
  demo::Traffic traffic(options, *accounts, client);
  TimerThread scheduler;
  scheduler.every({.interval = demo::kTick}, [&traffic] { traffic.tick(); });
  stopped.get_future().wait();
  signals.stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = picket::demo::read_traffic_options(argc, argv);
  if (!options) return fails(options.error(), kUsage);
  if (options->print.empty()) return run(*options);
  std::cout << options->print;
  return 0;
}
