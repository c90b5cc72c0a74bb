// A report of a pack that is in use, and all of them. Immutable once published; swapped whole at reload.
#pragma once

#include <memory>

#include "exporters/business/packs/pack_use.h"
#include "exporters/business/reports/report_period.h"
#include "exporters/business/reports/reports_config.h"

namespace picket::business {

struct ReportUse {
  ReportConfig config;
  PackUse use;

  /// Whether values of several rows are a value again: money and counts are, ratios are not.
  bool adds_up() const { return config.unit == "minor_units" || config.unit == "count"; }
  /// The statement over these periods, for the database.
  std::string statement(const std::vector<Period>& periods) const;
};
using ReportPtr = std::shared_ptr<const ReportUse>;

struct ReportCatalogue {
  ReportsConfig config{};
  std::vector<ReportPtr> reports{};  ///< by pack, as in business.yml

  /// Null when there is none.
  ReportPtr find(std::string_view kpi) const;
  std::vector<std::string> names() const;
};
using CataloguePtr = std::shared_ptr<const ReportCatalogue>;

CataloguePtr catalogue_of(const std::vector<PackUse>& packs, const ReportsConfig& config);

}  // namespace picket::business
