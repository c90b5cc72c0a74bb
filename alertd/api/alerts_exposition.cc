#include "alertd/api/alerts_exposition.h"

#include <algorithm>
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
#include "base/time/timestamp.h"

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
    const double active_at = std::floor(unix_seconds(alert.active_at));
    const auto [since, is_new] = active_at_.emplace(series, active_at);
    if (!is_new) since->second = std::min(since->second, active_at);
    series.insert_or_assign(std::string(kStateLabel), std::string(to_string(alert.state)));
    for (const auto& [name, value] : series) names_.insert(name);
    alerts_.emplace(std::move(series), 1);
  }

  void write(MetricWriter& writer) const {
    const std::vector<std::string_view> names(names_.begin(), names_.end());
    write_family(writer.gauge("ALERTS", "Pending and firing alerts.", LabelNames(names)), names, alerts_);
    write_family(
        writer.gauge("ALERTS_FOR_STATE", "When each of them became active, Unix time.", LabelNames(names)),
        names, active_at_);
  }

 private:
  using Values = std::map<Series, double>;

  static void write_family(FamilyWriter& family, const std::vector<std::string_view>& names,
                           const Values& series) {
    std::vector<std::string_view> values(names.size());
    for (const auto& [labels, value] : series) {
      std::ranges::transform(names, values.begin(), [&labels = labels](std::string_view name) {
        const auto label = labels.find(name);
        return label == labels.end() ? std::string_view() : std::string_view(label->second);
      });
      family.sample(values, value);
    }
  }

  std::set<std::string> names_ = {"instance", "job"};
  Values alerts_, active_at_;
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
