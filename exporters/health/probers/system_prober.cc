#include "exporters/health/probers/system_prober.h"

#include <unistd.h>

#include <array>

#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "exporters/health/probers/file_visit.h"

namespace picket::health {
namespace {

constexpr double kMicrosecondsPerSecond = 1e6;
constexpr std::uint64_t kKibibyte = 1024;

std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> found;
  for (const std::string_view word : split(line, ' ')) {
    if (!trim(word).empty()) found.push_back(trim(word));
  }
  return found;
}

double number(std::string_view text) {
  return parse_double(text).value_or(0);
}

/// "some avg10=0.00 ... total=12345" to seconds.
double pressure_total(std::string_view line) {
  const std::size_t total = line.rfind("total=");
  return total == std::string_view::npos ? 0 : number(trim(line.substr(total + 6))) / kMicrosecondsPerSecond;
}

SystemFacts read_facts(const SystemProbeConfig& config) {
  const RealFiles files;
  SystemFacts facts;
  const auto read = [&](const std::string& name) {
    const Result<std::string> text = files.read(config.proc + "/" + name, 4_MiB);
    return text ? *text : std::string();
  };
  parse_stat(read("stat"), facts);
  parse_meminfo(read("meminfo"), facts);
  parse_loadavg(read("loadavg"), facts);
  for (const char* resource : {"cpu", "memory", "io"}) {
    const std::string text = read(std::string("pressure/") + resource);
    if (!text.empty()) parse_pressure(resource, text, facts);
  }
  return facts;
}

ProbeResult look(const SystemProbeConfig& config) {
  ProbeResult result;
  SystemFacts facts = read_facts(config);
  if (facts.cpus == 0 || facts.memory_size_bytes == 0) {
    result.fail_with(FailureReason::Internal, fmt::format("{} cannot be read", config.proc));
    return result;
  }
  result.success = true;
  const double available =
      static_cast<double>(facts.memory_available_bytes) / static_cast<double>(facts.memory_size_bytes);
  const double load = facts.load1 / facts.cpus;
  if (available < config.min_memory_ratio) {
    result.degraded = true;
    result.detail = fmt::format("{:.1f} % of the memory is available", available * 100);
  } else if (config.max_load_per_cpu > 0 && load > config.max_load_per_cpu) {
    result.degraded = true;
    result.detail = fmt::format("the load is {:.2f} a CPU", load);
  }
  result.facts = std::move(facts);
  return result;
}

}  // namespace

void parse_stat(std::string_view text, SystemFacts& facts) {
  constexpr std::array kModes = {"user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"};
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  for (const std::string_view line : split(text, '\n')) {
    if (!line.starts_with("cpu")) continue;
    const std::vector<std::string_view> fields = words(line);
    if (fields.front() != "cpu") {
      ++facts.cpus;
      continue;
    }
    for (std::size_t i = 0; i < kModes.size() && i + 1 < fields.size(); ++i) {
      facts.cpu_seconds.emplace_back(kModes[i], number(fields[i + 1]) / ticks);
    }
  }
}

void parse_meminfo(std::string_view text, SystemFacts& facts) {
  const std::array fields = {std::pair{"MemTotal:", &facts.memory_size_bytes},
                             std::pair{"MemAvailable:", &facts.memory_available_bytes},
                             std::pair{"SwapTotal:", &facts.swap_size_bytes},
                             std::pair{"SwapFree:", &facts.swap_free_bytes}};
  for (const std::string_view line : split(text, '\n')) {
    const std::vector<std::string_view> parts = words(line);
    if (parts.size() < 2) continue;
    for (const auto& [name, field] : fields) {
      if (parts[0] == name) *field = static_cast<std::uint64_t>(number(parts[1])) * kKibibyte;
    }
  }
}

void parse_loadavg(std::string_view text, SystemFacts& facts) {
  const std::vector<std::string_view> parts = words(text);
  if (!parts.empty()) facts.load1 = number(parts.front());
}

void parse_pressure(std::string_view resource, std::string_view text, SystemFacts& facts) {
  SystemFacts::Pressure pressure;
  pressure.resource = resource;
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with("some")) pressure.waiting_seconds = pressure_total(line);
    if (line.starts_with("full")) pressure.stalled_seconds = pressure_total(line);
  }
  facts.pressure.push_back(std::move(pressure));
}

void read_yaml(MapReader& r, SystemProbeConfig& c) {
  c.target.address = "localhost";
  r.read("proc", c.proc);
  if (r.read("min_memory_ratio", c.min_memory_ratio) && (c.min_memory_ratio < 0 || c.min_memory_ratio >= 1)) {
    r.problem("min_memory_ratio", "must be from 0 to 1");
  }
  if (r.read("max_load_per_cpu", c.max_load_per_cpu) && c.max_load_per_cpu < 0)
    r.problem("max_load_per_cpu", "must not be negative");
}

void SystemProber::probe(const ProbeTarget& /*target*/, Deadline deadline, Done done) {
  // A container's /proc may be a file system of its own (lxcfs), which can hang as others do.
  const auto stalled = [](const Mount&) {
    ProbeResult result;
    result.fail_with(FailureReason::Timeout, "no answer in time");
    return result;
  };
  visit(services_,
        {.path = config_->proc,
         .look = [config = config_](const Mount&) { return look(*config); },
         .stalled = stalled},
        deadline, std::move(done));
}

}  // namespace picket::health
