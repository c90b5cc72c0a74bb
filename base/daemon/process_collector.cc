#include "base/daemon/process_collector.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket {
namespace {

std::string read_text(const char* path) {
  const std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

double number(std::string_view text) {
  return parse_double(text).value_or(0);
}

/// Fields of /proc/self/stat as proc(5) numbers them. The name in field 2 may hold anything, so what is read
/// starts behind its last parenthesis.
class StatFields {
 public:
  StatFields() : text_(read_text("/proc/self/stat")) {
    const std::size_t name_end = text_.rfind(')');
    if (name_end == std::string::npos) return;
    fields_ = split(std::string_view(text_).substr(std::min(name_end + 2, text_.size())), ' ');
  }
  double at(std::size_t field) const {
    return field >= 3 && field - 3 < fields_.size() ? number(fields_[field - 3]) : 0;
  }

 private:
  std::string text_;
  std::vector<std::string_view> fields_;
};

double count_open_files() {
  DIR* const folder = opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  double count = -1;  // the folder itself
  while (const dirent* const entry = readdir(folder)) {
    if (entry->d_name[0] != '.') ++count;
  }
  closedir(folder);
  return count;
}

double max_open_files() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

/// When the machine started, in Unix time.
double boot_time() {
  const std::string text = read_text("/proc/stat");
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with("btime ")) return number(line.substr(6));
  }
  return 0;
}

void write(MetricWriter& writer) {
  const StatFields stat;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  writer.counter("process_cpu_seconds_total", "User and system CPU time.")
      .sample({}, (stat.at(14) + stat.at(15)) / ticks);
  writer.gauge("process_open_fds", "Open file descriptors.").sample({}, count_open_files());
  writer.gauge("process_max_fds", "Maximum open file descriptors.").sample({}, max_open_files());
  writer.gauge("process_resident_memory_bytes", "Resident memory.").sample({}, stat.at(24) * page);
  writer.gauge("process_virtual_memory_bytes", "Virtual memory.").sample({}, stat.at(23));
  writer.gauge("process_start_time_seconds", "Unix time the process started.")
      .sample({}, boot_time() + stat.at(22) / ticks);
  writer.gauge("process_threads", "Threads.").sample({}, stat.at(20));
}

}  // namespace

std::unique_ptr<Collection> ProcessCollector::collect() {
  return collect_once(write);
}

}  // namespace picket
