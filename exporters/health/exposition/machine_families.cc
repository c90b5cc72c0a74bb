#include "exporters/health/exposition/check_family.h"

namespace picket::health {

namespace {

using enum MetricType;

template <auto Field>
void mount_number(FamilyWriter& f, const CheckStatus& c) {
  const auto* fs = facts<FilesystemFacts>(c);
  if (fs != nullptr && !fs->stalled) {
    f.sample({fs->mountpoint, fs->device, fs->fstype}, static_cast<double>(fs->*Field));
  }
}

void mount_stalled(FamilyWriter& f, const CheckStatus& c) {
  const auto* fs = facts<FilesystemFacts>(c);
  if (fs != nullptr) f.sample({fs->mountpoint, fs->device, fs->fstype}, fs->stalled ? 1 : 0);
}

void mount_canary(FamilyWriter& f, const CheckStatus& c) {
  const auto* fs = facts<FilesystemFacts>(c);
  if (fs != nullptr && c.canary) f.histogram({fs->mountpoint}, to_value(*c.canary));
}

template <auto Field>
void system_number(FamilyWriter& f, const CheckStatus& c) {
  if (const auto* system = facts<SystemFacts>(c)) f.sample({}, static_cast<double>(system->*Field));
}

template <auto Field>
void pressure(FamilyWriter& f, const CheckStatus& c) {
  const auto* system = facts<SystemFacts>(c);
  if (system == nullptr) return;
  for (const SystemFacts::Pressure& p : system->pressure) f.sample({p.resource}, p.*Field);
}

void cpu_seconds(FamilyWriter& f, const CheckStatus& c) {
  const auto* system = facts<SystemFacts>(c);
  if (system == nullptr) return;
  for (const auto& [mode, spent] : system->cpu_seconds) f.sample({mode}, spent);
}

const CheckFamily kFilesystem[] = {
    {Gauge,
     "health_filesystem_size_bytes",
     "Size.",
     {"mountpoint", "device", "fstype"},
     mount_number<&FilesystemFacts::size_bytes>},
    {Gauge,
     "health_filesystem_avail_bytes",
     "Space available to non-root.",
     {"mountpoint", "device", "fstype"},
     mount_number<&FilesystemFacts::avail_bytes>},
    {Gauge,
     "health_filesystem_files",
     "Inodes.",
     {"mountpoint", "device", "fstype"},
     mount_number<&FilesystemFacts::files>},
    {Gauge,
     "health_filesystem_files_free",
     "Free inodes.",
     {"mountpoint", "device", "fstype"},
     mount_number<&FilesystemFacts::files_free>},
    {Gauge,
     "health_filesystem_readonly",
     "1 if read-only.",
     {"mountpoint", "device", "fstype"},
     mount_number<&FilesystemFacts::readonly>},
    {Gauge,
     "health_filesystem_stalled",
     "1 if statfs did not return within its timeout.",
     {"mountpoint", "device", "fstype"},
     mount_stalled},
    {Histogram,
     "health_filesystem_canary_duration_seconds",
     "Time to write, fsync and unlink a canary file.",
     {"mountpoint"},
     mount_canary},
};

const CheckFamily kSystem[] = {
    {Counter, "health_cpu_seconds_total", "CPU time summed over CPUs.", {"mode"}, cpu_seconds},
    {Gauge, "health_cpus", "Online CPUs.", {}, system_number<&SystemFacts::cpus>},
    {Gauge, "health_load1", "One minute load average.", {}, system_number<&SystemFacts::load1>},
    {Gauge,
     "health_memory_size_bytes",
     "Memory installed.",
     {},
     system_number<&SystemFacts::memory_size_bytes>},
    {Gauge,
     "health_memory_available_bytes",
     "Memory available.",
     {},
     system_number<&SystemFacts::memory_available_bytes>},
    {Gauge, "health_swap_size_bytes", "Swap.", {}, system_number<&SystemFacts::swap_size_bytes>},
    {Gauge, "health_swap_free_bytes", "Swap free.", {}, system_number<&SystemFacts::swap_free_bytes>},
    {Counter,
     "health_pressure_waiting_seconds_total",
     "PSI some: time at least one task waited (cpu, memory, io).",
     {"resource"},
     pressure<&SystemFacts::Pressure::waiting_seconds>},
    {Counter,
     "health_pressure_stalled_seconds_total",
     "PSI full: time all tasks waited.",
     {"resource"},
     pressure<&SystemFacts::Pressure::stalled_seconds>},
};

}  // namespace

std::span<const CheckFamily> filesystem_families() {
  return kFilesystem;
}
std::span<const CheckFamily> system_families() {
  return kSystem;
}

}  // namespace picket::health
