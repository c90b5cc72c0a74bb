#include "exporters/business/reports/report_text.h"

#include <cmath>

#include "base/json/json.h"
#include "base/text/numbers.h"
#include "base/time/timestamp.h"

namespace picket::business {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kExactMost = 9007199254740992.0;  // 2^53

bool is_whole(double value) {
  return std::abs(value) <= kExactMost && std::trunc(value) == value;
}

Json number(const ReportValue& value) {
  if (!value) return nullptr;
  return is_whole(*value) ? Json(static_cast<std::int64_t>(*value)) : Json(*value);
}

Json period(const Period& period) {
  return {{"label", period.label},
          {"begins", format_rfc3339(period.begins)},
          {"ends", format_rfc3339(period.ends)}};
}

Json series(const ReportSeries& series, const std::vector<std::string>& by) {
  Json labels = Json::object();
  for (std::size_t i = 0; i < by.size(); ++i) labels[by[i]] = series.labels[i];
  Json values = Json::array();
  for (const ReportValue& value : series.values) values.push_back(number(value));
  return {{"labels", std::move(labels)},
          {"values", std::move(values)},
          {"total", number(series.total)},
          {"before", number(series.before)}};
}

Json list_of(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const std::string& text : texts) list.push_back(text);
  return list;
}

/// A text that a spreadsheet shows and does not run; quoted where RFC 4180 asks for it.
std::string csv_text(std::string text) {
  constexpr std::string_view kFormulas = "=+-@\t\r";
  if (!text.empty() && kFormulas.find(text.front()) != std::string_view::npos) text.insert(0, "'");
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csv_line(const std::string& first, const std::vector<std::string>& texts,
                     const std::string& last) {
  std::string line = csv_text(first);
  for (const std::string& text : texts) line += "," + csv_text(text);
  return line + "," + last + "\r\n";
}

}  // namespace

std::string number_text(double value) {
  return is_whole(value) ? std::to_string(static_cast<std::int64_t>(value)) : format_double(value);
}

std::string reports_json(const ReportCatalogue& catalogue) {
  Json reports = Json::array();
  for (const ReportPtr& report : catalogue.reports) {
    reports.push_back({{"kpi", report->config.kpi},
                       {"title", report->config.title},
                       {"unit", report->config.unit},
                       {"by", list_of(report->config.by)},
                       {"pack", report->use.pack},
                       {"database", report->use.database}});
  }
  return to_json(Json{{"location", catalogue.config.location}, {"reports", std::move(reports)}});
}

std::string report_json(const ReportTable& table) {
  Json periods = Json::array();
  for (const Period& one : table.times.periods) periods.push_back(period(one));
  Json all = Json::array();
  for (const ReportSeries& one : table.series) all.push_back(series(one, table.by));
  const ReportUse& report = *table.report;
  Json before = period(table.times.before);
  before.erase("label");
  return to_json(Json{{"kpi", report.config.kpi},
                      {"title", report.config.title},
                      {"unit", report.config.unit},
                      {"pack", report.use.pack},
                      {"database", report.use.database},
                      {"location", table.location},
                      {"from", format_day(table.span.from)},
                      {"to", format_day(table.span.to)},
                      {"step", std::string(to_string(table.span.step))},
                      {"by", list_of(table.by)},
                      {"read_at", format_rfc3339(table.read_at)},
                      {"periods", std::move(periods)},
                      {"before", std::move(before)},
                      {"series", std::move(all)}});
}

std::string report_csv(const ReportTable& table) {
  std::string csv = csv_line("period", table.by, "value");
  const std::vector<std::string> no_labels(table.by.size());
  for (std::size_t i = 0; i < table.times.periods.size(); ++i) {
    const std::string& label = table.times.periods[i].label;
    if (table.series.empty()) csv += csv_line(label, no_labels, "");
    for (const ReportSeries& series : table.series) {
      const ReportValue& value = series.values[i];
      csv += csv_line(label, series.labels, value ? number_text(*value) : "");
    }
  }
  return csv;
}

}  // namespace picket::business
