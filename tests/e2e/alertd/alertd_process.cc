#include "tests/e2e/alertd/alertd_process.h"

#include <chrono>
#include <sstream>

#include "tests/support/give_up.h"
#include "tests/support/wait.h"

namespace picket::test {

AlertdProcess::AlertdProcess(AlertdOptions options) : options_(std::move(options)) {
  for (const auto& [name, text] : options_.files) dir_.write(name, text);
}

void AlertdProcess::launch() {
  if (process_) log_ += process_->errors() + "--- started again ---\n";
  std::vector<std::string> argv = options_.launcher;
  argv.insert(argv.end(),
              {std::string(PICKET_BIN_DIR) + "/alertd", "--config.file", dir_.file("alertd.yml"),
               "--web.listen-address", "127.0.0.1:" + std::to_string(options_.port), "--web.external-url",
               "https://alertd.example.org", "--storage.path", storage(), "--log.level", options_.log_level});
  if (!options_.dsn.empty()) argv.insert(argv.end(), {"--storage.dsn", options_.dsn});
  process_ = std::make_unique<Process>(std::move(argv));
}

bool AlertdProcess::wait_ready() {
  wait_until(std::chrono::seconds(30), std::chrono::milliseconds(20),
             [&] { return http_get(url("/-/ready")).status == 200 || !process_->running(); });
  return process_->running() && http_get(url("/-/ready")).status == 200;
}

void AlertdProcess::start() {
  launch();
  if (!wait_ready()) give_up("alertd is not ready: " + log());
}

double AlertdProcess::metric(const std::string& name) const {
  double sum = 0;
  std::stringstream lines(http_get(url("/metrics")).body);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(name)) continue;
    const char after = line.size() > name.size() ? line[name.size()] : '\0';
    if (after == '{' || after == ' ') sum += std::stod(line.substr(line.rfind(' ')));
  }
  return sum;
}

}  // namespace picket::test
