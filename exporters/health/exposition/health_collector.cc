#include "exporters/health/exposition/health_collector.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "exporters/health/checks/rollup.h"
#include "exporters/health/exposition/check_family.h"

namespace picket::health {

namespace {

/// Checks per step: about 64 KiB of text.
constexpr std::size_t kChunk = 256;

using Checks = std::vector<const CheckStatus*>;

/// A table and the checks that it is written for.
struct Section {
  std::span<const CheckFamily> families;
  Checks checks;
};

Checks all_checks(const Snapshot& snapshot) {
  Checks checks;
  checks.reserve(snapshot.checks.size());
  for (const CheckStatus& check : snapshot.checks) checks.push_back(&check);
  return checks;
}

/// The first check of each mount: their families have no check label.
Checks one_per_mount(const Snapshot& snapshot) {
  Checks checks;
  std::set<std::string_view> seen;
  for (const CheckStatus& check : snapshot.checks) {
    const auto* fs = facts<FilesystemFacts>(check);
    if (fs != nullptr && seen.insert(fs->mountpoint).second) checks.push_back(&check);
  }
  return checks;
}

Checks first_system(const Snapshot& snapshot) {
  const auto found = std::find_if(snapshot.checks.begin(), snapshot.checks.end(),
                                  [](const CheckStatus& c) { return facts<SystemFacts>(c) != nullptr; });
  return found == snapshot.checks.end() ? Checks{} : Checks{&*found};
}

void write_groups(MetricWriter& writer, const Snapshot& snapshot) {
  std::map<std::string_view, std::vector<Rated>> groups;
  for (const CheckStatus& check : snapshot.checks) {
    groups[check.config->group].push_back({check.config->criticality, check.state});
  }
  auto& family = writer.stateset("health_group_state", "State set of the worst critical check in a group.",
                                 {"group", "state"});
  for (const auto& [group, checks] : groups) {
    family.states({group}, kStateNames, to_string(group_state(checks)));
  }
}

/// Good and bad probes of one SLO.
struct SliCount {
  double events = 0, errors = 0;
};

SliCount count_sli(const SloConfig& slo, const Snapshot& snapshot) {
  SliCount count;
  for (const CheckStatus& check : snapshot.checks) {
    if (std::find(slo.checks.begin(), slo.checks.end(), check.config->name) == slo.checks.end()) continue;
    count.events += static_cast<double>(check.counters.probes);
    for (const std::uint64_t failures : check.counters.failures)
      count.errors += static_cast<double>(failures);
    if (slo.count_slow) count.errors += static_cast<double>(check.counters.slow);
  }
  return count;
}

void write_slos(MetricWriter& writer, const Snapshot& snapshot) {
  std::vector<SliCount> counts;
  for (const SloConfig& slo : snapshot.config->slos) counts.push_back(count_sli(slo, snapshot));
  const auto family = [&](FamilyWriter& f, auto value) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const SloConfig& slo = snapshot.config->slos[i];
      f.sample({slo.name}, value(slo, counts[i]));
    }
  };
  family(writer.counter("health_sli_events_total", "Valid events of an SLI.", {"slo"}),
         [](const SloConfig&, const SliCount& c) { return c.events; });
  family(writer.counter("health_sli_errors_total", "Bad events of an SLI.", {"slo"}),
         [](const SloConfig&, const SliCount& c) { return c.errors; });
  family(writer.gauge("health_slo_objective_ratio", "Target ratio of good events.", {"slo"}),
         [](const SloConfig& s, const SliCount&) { return s.objective; });
  family(writer.gauge("health_slo_window_seconds", "SLO window.", {"slo"}),
         [](const SloConfig& s, const SliCount&) { return seconds(s.window); });
}

class HealthCollection final : public Collection {
 public:
  explicit HealthCollection(std::shared_ptr<const Snapshot> snapshot) : snapshot_(std::move(snapshot)) {
    const Checks all = all_checks(*snapshot_);
    sections_ = {{state_families(), all},
                 {protocol_families(), all},
                 {backend_families(), all},
                 {filesystem_families(), one_per_mount(*snapshot_)},
                 {system_families(), first_system(*snapshot_)}};
  }

  bool step(MetricWriter& writer) override {
    if (section_ == sections_.size()) {
      write_rest(writer);
      return false;
    }
    write_chunk(writer);
    return true;
  }

 private:
  void write_chunk(MetricWriter& writer) {
    const Section& section = sections_[section_];
    const CheckFamily& row = section.families[family_];
    if (writer_ == nullptr) writer_ = &writer.family({row.type, row.name, row.help, row.labels});
    const std::size_t end = std::min(section.checks.size(), check_ + kChunk);
    for (; check_ < end; ++check_) row.write(*writer_, *section.checks[check_]);
    if (check_ < section.checks.size()) return;
    check_ = 0;
    writer_ = nullptr;
    if (++family_ < section.families.size()) return;
    family_ = 0;
    ++section_;
  }

  void write_rest(MetricWriter& writer) const {
    write_groups(writer, *snapshot_);
    write_slos(writer, *snapshot_);
  }

  std::shared_ptr<const Snapshot> snapshot_;
  std::vector<Section> sections_;
  std::size_t section_ = 0, family_ = 0, check_ = 0;
  FamilyWriter* writer_ = nullptr;
};

}  // namespace

std::unique_ptr<Collection> HealthCollector::collect() {
  return std::make_unique<HealthCollection>(take_());
}

}  // namespace picket::health
