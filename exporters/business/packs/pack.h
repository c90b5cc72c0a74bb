// A KPI pack: queries and reports over a few views, as data. A team makes the views over its own tables
// (schema.sql is the start), names the pack in business.yml, and has the metrics.
//
// A pack is three files: pack.yml (what there is), schema.sql (the views, with the columns explained) and
// queries.sql (the statements, each behind a line "-- name: NAME"). In statements {schema} is where the views
// are ("kpi." or nothing), {now} is the time in Unix seconds, and in those of reports {periods} is a list of
// (label, begins, ends) in Unix seconds: the first second, and the first one after it. Periods overlap: besides
// days (weeks, months) there is one for all of them and one for the time before.
#pragma once

#include <span>

#include "exporters/business/queries/query_config.h"

namespace picket::business {

struct ReportConfig {
  std::string kpi;                        ///< "revenue": its name in addresses
  std::string title;                      ///< for people
  std::string unit;                       ///< minor_units, count, ratio, seconds or score
  std::vector<std::string> by;            ///< columns that rows are split by, beside the period
  Transform transform = Transform::None;  ///< of the values
  std::string sql;                        ///< answers columns period, those of `by`, and value
};

struct Pack {
  std::string name;
  std::string summary;
  std::string schema_sql;
  std::vector<QueryConfig> queries;  ///< without a database; {schema} is not replaced yet
  std::vector<ReportConfig> reports;
};

struct PackTexts {
  std::string_view pack_yml, schema_sql, queries_sql;
};

/// The error holds every problem of pack.yml.
Result<Pack> parse_pack(const std::string& name, const PackTexts& texts);

/// Every pack that is part of the program.
std::span<const Pack> all_packs();
/// Null when there is none of that name.
const Pack* find_pack(std::string_view name);

/// A statement for views in `schema`; "" for views that the search path finds.
std::string with_schema(std::string_view sql, std::string_view schema);

}  // namespace picket::business
