#include "exporters/business/reports/report_query.h"

#include <algorithm>

#include "base/text/escape.h"
#include "base/text/strings.h"
#include "base/text/suggest.h"

namespace picket::business {
namespace {

tl::unexpected<ReportFailure> bad(std::string detail) {
  return tl::unexpected(ReportFailure{400, std::move(detail)});
}

/// The value of a parameter; "" when it is not there.
std::string text_of(const Target& target, std::string_view name) {
  const std::string* value = target.param(name);
  return value == nullptr ? "" : *value;
}

ReportResult<void> check_parameters(const Target& target) {
  static const std::vector<std::string> known = {"from", "to", "step", "by", "format"};
  for (const auto& [name, value] : target.query) {
    if (std::ranges::find(known, name) == known.end()) {
      return bad(fmt::format("there is no parameter \"{}\"{}: there are {}", truncate(name, 64),
                             did_you_mean(name, known), join(known, ", ")));
    }
  }
  return {};
}

ReportResult<std::optional<Day>> day_of(const Target& target, std::string_view name) {
  const std::string text = text_of(target, name);
  if (text.empty()) return std::nullopt;
  const Result<Day> day = parse_day(text);
  if (!day) return bad(fmt::format("{}: {}", name, day.error().message));
  return *day;
}

ReportResult<DaySpan> span_of(const Target& target, Day today) {
  const std::string step_text = text_of(target, "step");
  const std::optional<Step> step = step_text.empty() ? Step::Day : parse_step(step_text);
  if (!step) return bad("step must be day, week or month");
  const auto from = day_of(target, "from");
  if (!from) return tl::unexpected(from.error());
  const auto to = day_of(target, "to");
  if (!to) return tl::unexpected(to.error());
  DaySpan span = usual_span(to->value_or(today), *step);
  if (*from) span.from = **from;
  if (span.from > span.to)
    return bad(fmt::format("from ({}) is after to ({})", format_day(span.from), format_day(span.to)));
  span = whole(span);
  if (periods_of(span, "UTC", kPeriodsMost + 1).size() > kPeriodsMost)
    return bad(fmt::format("more than {} periods: choose a shorter time or a longer step", kPeriodsMost));
  return span;
}

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

/// The columns named by `by=a,b` or `by=a&by=b`.
std::vector<std::string> wanted_columns(const Target& target) {
  std::vector<std::string> wanted;
  for (const std::string& value : target.params("by")) {
    for (const std::string_view name : split(value, ',')) {
      if (!trim(name).empty()) wanted.emplace_back(trim(name));
    }
  }
  return wanted;
}

ReportResult<std::vector<std::string>> by_of(const Target& target, const ReportUse& report) {
  const std::vector<std::string>& known = report.config.by;
  const std::vector<std::string> wanted = wanted_columns(target);
  for (const std::string& name : wanted) {
    if (has(known, name)) continue;
    const std::string there = known.empty() ? "it has none" : "there are " + join(known, ", ");
    return bad(fmt::format("by: {} has no column \"{}\"{}: {}", report.config.kpi, truncate(name, 64),
                           did_you_mean(name, known), there));
  }
  std::vector<std::string> by;
  for (const std::string& name : known) {
    const bool is_money = report.config.unit == "minor_units" && name == "currency";
    if (is_money || !report.adds_up() || has(wanted, name)) by.push_back(name);
  }
  if (!wanted.empty() && !report.adds_up() &&
      std::ranges::any_of(known, [&](const std::string& name) { return !has(wanted, name); }))
    return bad(fmt::format("by: values of {} ({}) do not add up, so they are by {} or by nothing else",
                           report.config.kpi, report.config.unit, join(known, ",")));
  return by;
}

}  // namespace

Response ReportFailure::problem() const {
  Response response = Response::problem(status, reason_phrase(status), detail);
  if (status == 503) response.headers.set("Retry-After", "5");
  return response;
}

std::string ReportQuery::address() const {
  std::string address =
      fmt::format("?from={}&to={}&step={}", format_day(span.from), format_day(span.to), to_string(span.step));
  if (!by.empty()) address += "&by=" + percent_encode(join(by, ","));
  return address;
}

ReportResult<ReportQuery> parse_report_query(const ReportCatalogue& catalogue, std::string_view kpi,
                                             const Target& target, WallTime now) {
  const ReportPtr report = catalogue.find(kpi);
  if (!report) {
    return tl::unexpected(ReportFailure{404, fmt::format("there is no report \"{}\"{}", truncate(kpi, 64),
                                                         did_you_mean(kpi, catalogue.names()))});
  }
  if (auto checked = check_parameters(target); !checked) return tl::unexpected(checked.error());
  auto span = span_of(target, day_at(catalogue.config.location, now));
  if (!span) return tl::unexpected(span.error());
  auto by = by_of(target, *report);
  if (!by) return tl::unexpected(by.error());
  return ReportQuery{report, *span, std::move(*by)};
}

}  // namespace picket::business
