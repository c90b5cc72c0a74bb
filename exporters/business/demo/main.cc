// business-demo: standard error, signals and the clock; everything else is in demo_run.cc.
#include <iostream>

#include "base/daemon/signals.h"
#include "base/time/clock.h"
#include "exporters/business/demo/demo_run.h"

namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

void say(const std::string& line) {
  std::cerr << "business-demo: " << line << std::endl;
}

int run(const picket::business::DemoOptions& options) {
  using namespace picket;
  std::stop_source stop;
  Signals signals;
  signals.listen([&](int) { stop.request_stop(); });
  auto done = business::fill_demo(options, SystemClock(), say, stop.get_token());
  if (done && options.live) done = business::live_on(options.dsn, say, stop.get_token());
  signals.stop();
  if (!done) say(done.error().message);
  return done ? 0 : kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = picket::business::read_demo_options(argc, argv, picket::SystemClock().wall());
  if (!options) {
    std::cerr << options.error().message << "\nSee business-demo --help\n";
    return kUsage;
  }
  if (options->print.empty()) return run(*options);
  std::cout << options->print;
  return 0;
}
