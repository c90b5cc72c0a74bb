#include "tests/bench/process_usage.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace picket::bench {
namespace {

std::string read(pid_t pid, const char* name) {
  const std::ifstream file(fmt::format("/proc/{}/{}", pid, name));
  std::stringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

/// A field of /proc/PID/status in kB.
double megabytes(const std::string& status, const std::string& field) {
  const std::size_t at = status.find(field + ":");
  return at == std::string::npos ? 0 : std::stod(status.substr(at + field.size() + 1)) * 1024 / 1e6;
}

}  // namespace

Usage usage_of(pid_t pid) {
  const std::string stat = read(pid, "stat");
  const std::string status = read(pid, "status");
  std::istringstream fields(stat.substr(stat.rfind(')') + 2));
  Usage usage;
  std::string field;
  for (int i = 3; i <= 15 && fields >> field; ++i)
    if (i >= 14) usage.cpu_seconds += std::stod(field) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  usage.rss_megabytes = megabytes(status, "VmRSS");
  usage.peak_megabytes = megabytes(status, "VmHWM");
  return usage;
}

}  // namespace picket::bench
