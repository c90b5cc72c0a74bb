#include "exporters/business/reports/report_use.h"

#include <algorithm>

#include "base/text/strings.h"

namespace picket::business {
namespace {

std::int64_t unix_seconds_of(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace

std::string ReportUse::statement(const std::vector<Period>& periods) const {
  std::string rows;
  for (const Period& period : periods) {
    rows += fmt::format("{}('{}', {}, {})", rows.empty() ? "" : ", ", period.label,
                        unix_seconds_of(period.begins), unix_seconds_of(period.ends));
  }
  return replace_all(with_schema(config.sql, use.schema), "{periods}", rows);
}

ReportPtr ReportCatalogue::find(std::string_view kpi) const {
  const auto found =
      std::ranges::find_if(reports, [kpi](const ReportPtr& r) { return r->config.kpi == kpi; });
  return found == reports.end() ? nullptr : *found;
}

std::vector<std::string> ReportCatalogue::names() const {
  std::vector<std::string> names;
  names.reserve(reports.size());
  for (const ReportPtr& report : reports) names.push_back(report->config.kpi);
  return names;
}

CataloguePtr catalogue_of(const std::vector<PackUse>& packs, const ReportsConfig& config) {
  auto catalogue = std::make_shared<ReportCatalogue>();
  catalogue->config = config;
  for (const PackUse& use : packs) {
    for (const ReportConfig& report : find_pack(use.pack)->reports)
      catalogue->reports.push_back(std::make_shared<const ReportUse>(ReportUse{report, use}));
  }
  return catalogue;
}

}  // namespace picket::business
