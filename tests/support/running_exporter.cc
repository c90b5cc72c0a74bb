#include "tests/support/running_exporter.h"

#include <fmt/format.h>

#include <fstream>

#include "tests/support/give_up.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

constexpr std::chrono::seconds kPatience{40};
constexpr std::chrono::milliseconds kPause{50};

}  // namespace

std::vector<std::string> RunningExporter::command() const {
  return {program_,
          "--config.file",
          file(config_),
          "--storage.path",
          file("data"),
          "--web.listen-address",
          fmt::format("127.0.0.1:{}", port_)};
}

void RunningExporter::start() {
  // Tests look at its memory: the address sanitizer keeps 256 MiB of freed blocks unless it is told otherwise.
  process_ = std::make_unique<Process>(
      ProcessOptions{.argv = command(), .env = {{"ASAN_OPTIONS", "quarantine_size_mb=16"}}});
  const bool ready = wait_until(kPatience, [this] { return http_get(url("/-/ready")).status == 200; });
  if (!ready) give_up(program_ + " is not ready: " + process_->errors());
}

std::string RunningExporter::url(const std::string& path) const {
  return fmt::format("http://127.0.0.1:{}{}", port_, path);
}

std::string RunningExporter::scrape() const {
  return "\n" + http_get(url("/metrics")).body;
}

std::optional<double> RunningExporter::value_in(const std::string& scrape, const std::string& series) {
  const std::string begin = "\n" + series + " ";
  const std::size_t at = scrape.find(begin);
  if (at == std::string::npos) return std::nullopt;
  return std::stod(scrape.substr(at + begin.size()));
}

bool RunningExporter::shows(const std::string& series, double wanted) const {
  return wait_until(kPatience, kPause, [&] { return value(series) == wanted; });
}

bool RunningExporter::reaches(const std::string& series, double least) const {
  return wait_until(kPatience, kPause, [&] { return value(series).value_or(least - 1) >= least; });
}

int RunningExporter::reload() const {
  return http_post(url("/-/reload"), "").status;
}

long RunningExporter::status_of(const std::string& field) const {
  std::ifstream status(fmt::format("/proc/{}/status", process_->pid()));
  for (std::string word; status >> word;) {
    long number = 0;
    if (word == field + ":" && status >> number) return number;
  }
  return -1;
}

}  // namespace picket::test
