// demo-history: standard error and the clock; everything else is in history.cc.
#include <iostream>

#include "tools/demo/history/history.h"

namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

void say(const std::string& line) {
  std::cerr << "demo-history: " << line << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = picket::demo::read_history_options(argc, argv, picket::SystemClock().wall());
  if (!options) {
    say(options.error().message);
    return kUsage;
  }
  if (!options->print.empty()) {
    std::cout << options->print;
    return 0;
  }
  picket::RealFiles files;
  const auto written = picket::demo::write_history(*options, files, say);
  if (!written) say(written.error().message);
  return written ? 0 : kFailed;
}
