// Writes metric families in an exposition format, straight into an output buffer: nothing is held for long,
// so that a scrape of half a million series costs little memory. Collectors get one and write their families
// from a state that they copied before. Rules: a family is written once, whole, and no series twice (debug
// builds abort). Label values are repaired to UTF-8, HELP is escaped, doubles round-trip.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time/clock.h"

namespace picket {

enum class MetricType { Counter, Gauge, Histogram, Info, StateSet };

struct Exemplar {
  std::vector<std::pair<std::string, std::string>>
      labels;  ///< at most 128 UTF-8 characters in all, else it is left out
  double value = 0;
  std::optional<WallTime> time;
};

/// A classic histogram. `counts` is per bucket (not cumulative), one longer than `bounds`: the last is above
/// the highest bound.
struct HistogramValue {
  std::vector<double> bounds;
  std::vector<std::uint64_t> counts;
  double sum = 0;
  std::vector<std::optional<Exemplar>> exemplars;  ///< empty, or one per bucket
};
/// Adds one observation.
void observe(HistogramValue& histogram, double value);

using LabelValues = std::initializer_list<std::string_view>;

/// One family, open until the next one is begun: a reference stays good till then, over several steps too.
class FamilyWriter {
 public:
  virtual ~FamilyWriter() = default;
  /// Values in the order of the family's label names. For StateSet see states().
  virtual void sample(std::span<const std::string_view> labels, double value,
                      const Exemplar* exemplar = nullptr) = 0;
  virtual void histogram(std::span<const std::string_view> labels, const HistogramValue& value) = 0;

  void sample(LabelValues labels, double value, const Exemplar* exemplar = nullptr) {
    sample(std::span(labels.begin(), labels.size()), value, exemplar);
  }
  void histogram(LabelValues labels, const HistogramValue& value) {
    histogram(std::span(labels.begin(), labels.size()), value);
  }
  /// One series per state of a StateSet: 1 on `current`. The state's label is the family's last. At most 15
  /// other labels.
  void states(LabelValues labels, std::span<const std::string_view> all, std::string_view current);
};

/// Names of a family's labels: braces in code, a span where they come from elsewhere. Does not own them.
class LabelNames {
 public:
  LabelNames() = default;
  LabelNames(std::initializer_list<std::string_view> names) : names_(names.begin(), names.size()) {}
  LabelNames(std::span<const std::string_view> names) : names_(names) {}
  std::span<const std::string_view> span() const { return names_; }

 private:
  std::span<const std::string_view> names_;
};

struct FamilyHead {
  MetricType type = MetricType::Gauge;
  std::string_view name;  ///< as in 0.0.4: counters must end in _total, infos in _info
  std::string_view help;
  LabelNames labels;
};

class MetricWriter {
 public:
  virtual ~MetricWriter() = default;
  /// Ends the family before it. A wrong name (see names.h) is a mistake of ours and aborts. A family without
  /// a sample leaves no trace.
  virtual FamilyWriter& family(const FamilyHead& head) = 0;

  FamilyWriter& gauge(std::string_view name, std::string_view help, const LabelNames& labels = {}) {
    return family({MetricType::Gauge, name, help, labels});
  }
  FamilyWriter& counter(std::string_view name, std::string_view help, const LabelNames& labels = {}) {
    return family({MetricType::Counter, name, help, labels});
  }
  FamilyWriter& histogram(std::string_view name, std::string_view help, const LabelNames& labels = {}) {
    return family({MetricType::Histogram, name, help, labels});
  }
  FamilyWriter& info(std::string_view name, std::string_view help, const LabelNames& labels) {
    return family({MetricType::Info, name, help, labels});
  }
  FamilyWriter& stateset(std::string_view name, std::string_view help, const LabelNames& labels) {
    return family({MetricType::StateSet, name, help, labels});
  }
};

}  // namespace picket
