#include "exporters/business/pages/report_page.h"

#include <algorithm>
#include <limits>

#include "base/text/escape.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"
#include "base/web/chart.h"
#include "base/web/form.h"
#include "base/web/parts.h"
#include "base/web/table.h"
#include "exporters/business/pages/report_words.h"

namespace picket::business {
namespace {

using web::Html;

constexpr std::size_t kSeriesShown = 100;
constexpr std::size_t kColumnsShown = 6;
constexpr std::size_t kLabelMax = 60;  // bytes

std::string currency_of(const ReportTable& table, const ReportSeries& series) {
  const auto place = std::ranges::find(table.by, "currency");
  return place == table.by.end() ? "" : series.labels[static_cast<std::size_t>(place - table.by.begin())];
}

/// An empty label has a name, too.
std::string label_words(const std::string& label) {
  return label.empty() ? "(none)" : truncate(label, kLabelMax);
}

/// "EUR, consulting"; "Total" of a report that is not split.
std::string name_of(const ReportSeries& series) {
  if (series.labels.empty()) return "Total";
  std::vector<std::string> words;
  words.reserve(series.labels.size());
  for (const std::string& label : series.labels) words.push_back(label_words(label));
  return join(words, ", ");
}

std::string words_of(const ReportTable& table, const ReportSeries& series, const ReportValue& value) {
  return value ? value_words(*value, table.report->config.unit, currency_of(table, series)) : "";
}

std::string capitalised(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return replace_all(text, "_", " ");
}

std::string steps_of(Step step, std::size_t number) {
  return fmt::format("{} {}{}", number, to_string(step), number == 1 ? "" : "s");
}

/// The line of a series, from its first period to the last that has begun.
Html trend(const ReportTable& table, const ReportSeries& series, WallTime now) {
  std::vector<double> values;
  ReportValue least, greatest;
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    const ReportValue& value = series.values[i];
    if (table.times.periods[i].begins > now) break;
    values.push_back(value.value_or(std::numeric_limits<double>::quiet_NaN()));
    if (!value) continue;
    least = std::min(least.value_or(*value), *value);
    greatest = std::max(greatest.value_or(*value), *value);
  }
  if (!least || values.size() < 2) return {};
  return web::sparkline(
      values, fmt::format("{}: between {} and {} a {}", name_of(series), words_of(table, series, least),
                          words_of(table, series, greatest), to_string(table.span.step)));
}

std::string change_of(const ReportTable& table, const ReportSeries& series) {
  if (!series.total || !series.before) return "";
  return change_words(*series.total, *series.before, table.report->config.unit);
}

Html summary(const ReportTable& table, WallTime now) {
  std::vector<web::Column> columns;
  columns.reserve(table.by.size() + 5);
  for (const std::string& column : table.by) columns.emplace_back(capitalised(column), web::Cell::Name);
  if (table.by.empty()) columns.emplace_back("All", web::Cell::Name);
  columns.emplace_back("Trend", web::Cell::Mark);
  columns.emplace_back("Whole time", web::Cell::Number);
  columns.emplace_back("Time before", web::Cell::Number);
  columns.emplace_back("Change", web::Cell::Number);
  std::vector<web::Row> rows;
  for (const ReportSeries& series : table.series) {
    if (rows.size() == kSeriesShown) break;
    web::Row row;
    for (const std::string& label : series.labels) row.emplace_back(label_words(label));
    if (row.empty()) row.emplace_back(table.report->config.title);
    row.push_back(trend(table, series, now));
    row.emplace_back(words_of(table, series, series.total));
    row.emplace_back(words_of(table, series, series.before));
    row.emplace_back(change_of(table, series));
    rows.push_back(std::move(row));
  }
  return web::table(columns, rows, "Totals and trends");
}

Html period_name(const Period& period, WallTime now) {
  const bool is_open = period.begins <= now && now < period.ends;
  return Html(period.label) + (is_open ? web::element("small", {}, "so far") : Html());
}

/// Newest first: the last days are what one looks for.
Html periods(const ReportTable& table, WallTime now) {
  const std::size_t shown = std::min(table.series.size(), kColumnsShown);
  std::vector<web::Column> columns{{capitalised(std::string(to_string(table.span.step))), web::Cell::Name}};
  for (std::size_t i = 0; i < shown; ++i) columns.emplace_back(name_of(table.series[i]), web::Cell::Number);
  std::vector<web::Row> rows;
  for (std::size_t i = table.times.periods.size(); i-- > 0;) {
    web::Row row{period_name(table.times.periods[i], now)};
    for (std::size_t k = 0; k < shown; ++k) {
      const std::string words = words_of(table, table.series[k], table.series[k].values[i]);
      row.push_back(words.empty() ? web::muted("none") : Html(words));
    }
    rows.push_back(std::move(row));
  }
  return web::table(columns, rows, "By period");
}

Html left_out(const ReportTable& table) {
  if (table.series.size() <= kColumnsShown) return {};
  return web::paragraph(
      web::muted(fmt::format("The first {} of {} are shown by {}; the CSV has all.", kColumnsShown,
                             web::grouped(table.series.size()), to_string(table.span.step))));
}

/// "currency,line" as one choice, and each column alone. Money is by currency in all of them.
std::vector<web::Option> choices_of(const ReportUse& report) {
  const bool is_money = report.config.unit == "minor_units";
  std::vector<std::string> columns;
  for (const std::string& column : report.config.by) {
    if (!is_money || column != "currency") columns.push_back(column);
  }
  const bool has_currency = columns.size() < report.config.by.size();
  std::vector<web::Option> options{{"", has_currency ? "currency alone" : "nothing"}};
  for (const std::string& column : columns) options.push_back({column, replace_all(column, "_", " ")});
  if (columns.size() > 1) options.push_back({join(columns, ","), join(columns, " and ")});
  return options;
}

std::string chosen(const ReportTable& table) {
  std::vector<std::string> columns;
  for (const std::string& column : table.by) {
    if (table.report->config.unit != "minor_units" || column != "currency") columns.push_back(column);
  }
  return join(columns, ",");
}

Html choose(const ReportTable& table) {
  Html fields =
      web::input({.label = "From", .name = "from", .type = "date", .value = format_day(table.span.from)});
  fields += web::input({.label = "To", .name = "to", .type = "date", .value = format_day(table.span.to)});
  fields += web::select({.label = "Step",
                         .name = "step",
                         .value = to_string(table.span.step),
                         .options = {{"day", "day"}, {"week", "week"}, {"month", "month"}}});
  const std::vector<web::Option> options = choices_of(*table.report);
  if (table.report->adds_up() && options.size() > 1)
    fields += web::select({.label = "By", .name = "by", .value = chosen(table), .options = options});
  return web::filter_form(percent_encode(table.report->config.kpi), fields + web::button("Show"));
}

Html downloads(const ReportTable& table) {
  const ReportQuery query{table.report, table.span, table.by};
  const std::string url = "../api/v1/reports/" + percent_encode(table.report->config.kpi) + query.address();
  return web::inline_list({web::anchor(url + "&format=csv", "CSV"), web::anchor(url, "JSON"),
                           web::anchor("../reports", "All reports")});
}

Html about(const ReportTable& table) {
  const std::string read = format_rfc3339(table.read_at);
  return web::paragraph(web::muted(
      fmt::format("{} to {}, {} in {}. Compared with the {} before. Database {}, read at {} {} UTC.",
                  format_day(table.span.from), format_day(table.span.to),
                  steps_of(table.span.step, table.times.periods.size()), table.location,
                  steps_of(table.span.step, table.times.periods.size()), table.report->use.database,
                  read.substr(0, 10), read.substr(11, 8))));
}

bool has_values(const ReportTable& table) {
  return std::ranges::any_of(table.series, [](const ReportSeries& series) {
    return series.total || series.before ||
           std::ranges::any_of(series.values, [](const ReportValue& value) { return value.has_value(); });
  });
}

}  // namespace

web::Page reports_page(const ReportCatalogue& catalogue) {
  web::Page page{.title = "Reports", .width = web::Width::Wide};
  if (catalogue.reports.empty()) {
    page.body =
        web::paragraph("No pack is in use. Packs bring reports: name one in the configuration file.") +
        web::code_block("packs:\n- {pack: revenue, database: app}\n");
    return page;
  }
  std::vector<web::Row> rows;
  for (const ReportPtr& report : catalogue.reports) {
    const ReportConfig& config = report->config;
    rows.push_back({web::anchor("reports/" + percent_encode(config.kpi), config.title), report->use.pack,
                    report->use.database, replace_all(config.unit, "_", " "),
                    replace_all(join(config.by, ", "), "_", " ")});
  }
  using enum web::Cell;
  page.body = web::paragraph(web::muted("Days in " + catalogue.config.location + ".")) +
              web::table({{"Report", Name}, {"Pack", Name}, {"Database", Name}, {"Unit", Mark}, {"By", Text}},
                         rows, "Reports");
  return page;
}

web::Page report_page(const ReportTable& table, WallTime now) {
  web::Page page{.title = table.report->config.title, .width = web::Width::Wide};
  page.body = about(table) + choose(table) + downloads(table);
  if (has_values(table)) {
    page.body += summary(table, now) + web::heading("By " + std::string(to_string(table.span.step))) +
                 left_out(table) + periods(table, now);
  } else {
    page.body += web::paragraph("There is nothing in this time.");
  }
  return page;
}

}  // namespace picket::business
