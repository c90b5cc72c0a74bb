#include "exporters/business/reports/report_table.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "exporters/business/queries/sigma_level.h"

namespace picket::business {
namespace {

using Labels = std::vector<std::string>;

void add(ReportValue& sum, const ReportValue& more) {
  if (more) sum = sum.value_or(0) + *more;
}

ReportSeries& series_for(std::map<Labels, ReportSeries>& all, Labels labels, std::size_t periods) {
  ReportSeries& series = all[labels];
  series.labels = std::move(labels);
  series.values.resize(periods);
  return series;
}

std::vector<ReportSeries> values_of(std::map<Labels, ReportSeries>&& all) {
  std::vector<ReportSeries> list;
  list.reserve(all.size());
  for (auto& [labels, series] : all) list.push_back(std::move(series));
  return list;
}

/// Where the statement's columns are.
struct Columns {
  std::size_t period = 0, value = 0;
  std::vector<std::size_t> by;
};

Result<std::size_t> column(const sql::Rows& rows, const std::string& name) {
  const auto found = std::ranges::find(rows.columns, name);
  if (found != rows.columns.end()) return static_cast<std::size_t>(found - rows.columns.begin());
  return fail(ErrorKind::InvalidInput, fmt::format("the report's statement answers no column \"{}\"", name));
}

Result<Columns> columns_of(const sql::Rows& rows, const std::vector<std::string>& by) {
  const Result<std::size_t> period = column(rows, "period"), value = column(rows, "value");
  if (!period) return fail(period);
  if (!value) return fail(value);
  Columns columns{*period, *value, {}};
  for (const std::string& name : by) {
    const Result<std::size_t> place = column(rows, name);
    if (!place) return fail(place);
    columns.by.push_back(*place);
  }
  return columns;
}

ReportValue number_of(const sql::Row& row, std::size_t place, Transform transform) {
  if (row.is_null(place) || std::holds_alternative<std::string>(row[place])) return std::nullopt;
  const double value = row.real(place);
  if (!std::isfinite(value)) return std::nullopt;
  return transform == Transform::SigmaLevel ? sigma_level(value) : ReportValue(value);
}

/// The value of the period that is called so; null when there is none.
ReportValue* value_at(ReportSeries& series, const std::map<std::string, std::size_t>& periods,
                      const ReportTimes& times, const std::string& label) {
  if (label == times.all.label) return &series.total;
  if (label == times.before.label) return &series.before;
  const auto found = periods.find(label);
  return found == periods.end() ? nullptr : &series.values[found->second];
}

}  // namespace

ReportTimes::ReportTimes(const DaySpan& span, std::string_view location, WallTime now)
    : periods(periods_of(span, location, kPeriodsMost)),
      all(all_of(span, location)),
      before(business::before(span, location, now)) {}

std::vector<Period> ReportTimes::list() const {
  std::vector<Period> list = periods;
  list.push_back(all);
  list.push_back(before);
  return list;
}

Result<ReportTable> with_rows(ReportTable table, const sql::Rows& rows) {
  const Result<Columns> columns = columns_of(rows, table.by);
  if (!columns) return fail(columns);
  std::map<std::string, std::size_t> periods;
  for (std::size_t i = 0; i < table.times.periods.size(); ++i) periods[table.times.periods[i].label] = i;
  std::map<Labels, ReportSeries> all;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const sql::Row row = rows[i];
    Labels labels;
    for (const std::size_t place : columns->by) labels.push_back(row.text(place));
    ReportSeries& series = series_for(all, std::move(labels), periods.size());
    ReportValue* value = value_at(series, periods, table.times, row.text(columns->period));
    if (value != nullptr) add(*value, number_of(row, columns->value, table.report->config.transform));
  }
  if (table.by.empty()) series_for(all, {}, periods.size());
  table.series = values_of(std::move(all));
  return table;
}

ReportTable ReportTable::split_by(const std::vector<std::string>& columns) const {
  if (columns == by) return *this;
  std::map<Labels, ReportSeries> all;
  if (columns.empty()) series_for(all, {}, times.periods.size());
  for (const ReportSeries& one : series) {
    Labels labels;
    for (std::size_t i = 0; i < by.size(); ++i) {
      if (std::ranges::find(columns, by[i]) != columns.end()) labels.push_back(one.labels[i]);
    }
    ReportSeries& sum = series_for(all, std::move(labels), times.periods.size());
    for (std::size_t i = 0; i < one.values.size(); ++i) add(sum.values[i], one.values[i]);
    add(sum.total, one.total);
    add(sum.before, one.before);
  }
  ReportTable table = *this;
  table.by = columns;
  table.series = values_of(std::move(all));
  return table;
}

}  // namespace picket::business
