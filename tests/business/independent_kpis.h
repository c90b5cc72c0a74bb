// What the packs answer, computed a second time: from the SQL of independent/PACK.sql, which was written from
// the definitions of the packs (pack.yml, schema.sql, docs/packs.md) and never from their statements: keep it
// so. Each section begins with a line "--: KIND NAME [bucket bounds]": counter, gauge, sigma (a gauge; the
// SQL answers DPMO), histogram (a row an observation), watermark, report, report-sigma. Columns but `value`
// are labels. {now}, {begins} and {ends} are Unix seconds.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/sql/database.h"

namespace picket::business {

struct KpiSection {
  std::string kind, name;
  std::vector<std::string> bounds;  ///< of a histogram
  std::string sql;

  bool is_report() const { return kind == "report" || kind == "report-sigma"; }
  bool depends_on_now() const { return sql.find("{now}") != std::string::npos; }
  bool is_gauge() const { return kind == "gauge" || kind == "sigma"; }
  /// Whether the series is of this metric: its buckets, too.
  bool has(const std::string& series) const;
};

/// `name{a="x",b="y"}` with the labels in their order, and the value.
using SeriesValues = std::map<std::string, double>;
using LabelValues = std::map<std::string, std::string>;

std::string series_name(const std::string& name, const LabelValues& labels);

/// Of tests/business/independent.
std::string independent_text(const std::string& file);
std::vector<KpiSection> kpi_sections(const std::string& pack);
/// Runs statements with a ';' at the end of a line behind each.
void run_script(sql::Session& session, const std::string& script, std::int64_t now);

/// The series of a metric.
SeriesValues evaluate(sql::Session& session, const KpiSection& section, std::int64_t now);
/// The series of a report over a time, called by their labels alone; NaN for those that have no value.
SeriesValues evaluate(sql::Session& session, const KpiSection& section, std::int64_t begins,
                      std::int64_t ends);

/// The KPI series of a scrape, and the watermarks, not those about the exporter itself.
SeriesValues scraped_kpis(const std::string& scrape);

/// A line for each difference: "" when there is none. What is NaN is expected to be missing. Whole numbers
/// are compared to the last digit when `exact`, others to the twelfth.
std::string difference(const SeriesValues& exporter, const SeriesValues& independent, bool exact);

}  // namespace picket::business
