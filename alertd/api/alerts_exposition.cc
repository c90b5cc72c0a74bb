#include "alertd/api/alerts_exposition.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/metrics/exposition.h"
#include "base/metrics/names.h"
#include "base/text/escape.h"

namespace picket::alertd {
namespace {

constexpr std::string_view kStateLabel = "alertstate";

/// Label values by label name, as they are written.
using Series = std::map<std::string, std::string, std::less<>>;

Series series_of(const ActiveAlert& alert) {
  Series series;
  for (const Label& label : alert.labels) {
    if (is_label_name(label.name)) series.emplace(label.name, repair_utf8(label.value));
  }
  return series;
}

class AlertSeries {
 public:
  void add(const ActiveAlert& alert) {
    if (alert.state == AlertState::Inactive) return;
    Series series = series_of(alert);
    const auto [since, is_new] = active_at_.emplace(series, alert.active_at);
    if (!is_new) since->second = std::min(since->second, alert.active_at);
    series.insert_or_assign(std::string(kStateLabel), std::string(to_string(alert.state)));
    for (const auto& [name, value] : series) names_.insert(name);
    alerts_.insert(std::move(series));
  }

  void write(MetricWriter& writer) const {
    write(writer, {.name = "ALERTS", .help = "Pending and firing alerts.", .labels = {}}, alerts_,
          [](const Series&) { return 1.0; });
    write(writer,
          {.name = "ALERTS_FOR_STATE", .help = "When each of them became active, Unix time.", .labels = {}},
          active_at_, [](const auto& entry) { return unix_seconds(entry.second); });
  }

 private:
  static const Series& labels_of(const Series& series) { return series; }
  static const Series& labels_of(const std::pair<const Series, Timestamp>& entry) { return entry.first; }
  static double unix_seconds(Timestamp time) {
    return std::floor(std::chrono::duration<double>(time.time_since_epoch()).count());
  }

  template <class Entries, class Value>
  void write(MetricWriter& writer, FamilyHead head, const Entries& entries, const Value& value_of) const {
    const std::vector<std::string_view> names(names_.begin(), names_.end());
    head.labels = LabelNames(names);
    FamilyWriter& family = writer.family(head);
    std::vector<std::string_view> values(names.size());
    for (const auto& entry : entries) {
      const Series& labels = labels_of(entry);
      std::ranges::transform(names, values.begin(), [&](std::string_view name) {
        const auto label = labels.find(name);
        return label == labels.end() ? std::string_view() : std::string_view(label->second);
      });
      family.sample(values, value_of(entry));
    }
  }

  std::set<std::string> names_ = {"instance", "job"};
  std::set<Series> alerts_;
  std::map<Series, Timestamp> active_at_;
};

}  // namespace

Response alerts_exposition(const std::vector<GroupStatus>& groups, const Request& request) {
  AlertSeries series;
  for (const GroupStatus& group : groups) {
    for (const std::shared_ptr<const RuleState>& state : group.states) {
      for (const auto& [labels, alert] : state->alerts) series.add(alert);
    }
  }
  const ExpositionFormat format = negotiate_format(request.headers.get("Accept"));
  ExpositionWriter writer(format, {});
  series.write(writer);
  writer.finish();
  Response response;
  response.headers.set("Content-Type", std::string(content_type(format)));
  response.body = std::move(writer.out());
  return response;
}

}  // namespace picket::alertd
