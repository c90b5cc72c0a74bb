#include "exporters/business/commands/commands.h"

#include <cstdio>

#include "base/text/suggest.h"
#include "base/text/table.h"
#include "exporters/business/commands/query_command.h"
#include "exporters/business/packs/pack.h"

namespace picket::business {
namespace {

std::string type_name(MetricType type) {
  if (type == MetricType::Counter) return "counter";
  if (type == MetricType::Histogram) return "histogram";
  return type == MetricType::Info ? "info" : "gauge";
}

void list_packs() {
  TextTable table{{"PACK", "METRICS", "REPORTS", "WHAT IT SHOWS"}, {}};
  for (const Pack& pack : all_packs()) {
    std::size_t metrics = 0;
    for (const QueryConfig& query : pack.queries) metrics += query.metrics.size();
    table.rows.push_back(
        {pack.name, std::to_string(metrics), std::to_string(pack.reports.size()), pack.summary});
  }
  fmt::print("{}", format_table(table));
}

void show_pack(const Pack& pack) {
  fmt::print("{}\n\n", pack.summary);
  TextTable metrics{{"METRIC", "TYPE", "LABELS", "EVERY", "MEANING"}, {}};
  for (const QueryConfig& query : pack.queries) {
    for (const MetricConfig& metric : query.metrics)
      metrics.rows.push_back({metric.name, type_name(metric.type),
                              fmt::format("{}", fmt::join(metric.label_names(), ",")),
                              format_duration(query.interval), metric.help});
  }
  fmt::print("{}\n", format_table(metrics));
  TextTable reports{{"REPORT", "UNIT", "BY", "TITLE"}, {}};
  for (const ReportConfig& report : pack.reports)
    reports.rows.push_back(
        {report.kpi, report.unit, fmt::format("{}", fmt::join(report.by, ",")), report.title});
  fmt::print("{}\nIts views: business_exporter pack schema {}\n", format_table(reports), pack.name);
}

int run_pack_command(const std::vector<std::string>& words, const DaemonFlags&, Files&) {
  if (words.size() == 1 && words[0] == "list") return list_packs(), 0;
  if (words.size() != 2 || (words[0] != "show" && words[0] != "schema")) {
    fmt::print(stderr, "business_exporter: pack list, pack show NAME or pack schema NAME is expected\n");
    return kCommandUsage;
  }
  const Pack* pack = find_pack(words[1]);
  if (pack == nullptr) {
    std::vector<std::string> known;
    for (const Pack& each : all_packs()) known.push_back(each.name);
    fmt::print(stderr, "business_exporter: there is no pack \"{}\"{}\n", words[1],
               did_you_mean(words[1], known));
    return kCommandFailed;
  }
  if (words[0] == "show") {
    show_pack(*pack);
  } else {
    fmt::print("{}", pack->schema_sql);
  }
  return 0;
}

}  // namespace

std::vector<DaemonCommand> commands() {
  return {
      {"query", "query NAME --dry-run",
       "Runs one query of the configuration once and shows its rows, the metrics they become, and how the "
       "database runs it.",
       run_query_command},
      {"pack", "pack list | show NAME | schema NAME",
       "The KPI packs: what there is, what a pack shows, and the views that it needs.", run_pack_command}};
}

}  // namespace picket::business
