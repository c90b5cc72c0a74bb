#include "tests/business/independent_kpis.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <sstream>

#include "base/files/files.h"
#include "base/text/bytes.h"
#include "base/text/strings.h"

namespace picket::business {
namespace {

constexpr std::string_view kWatermark = "business_data_watermark_timestamp_seconds";
constexpr double kClose = 1e-12;

/// The z above which that share of a normal distribution lies, and 1.5 more; NaN where there is none. By
/// bisection.
double shifted_sigma(double dpmo) {
  if (!(dpmo > 0 && dpmo < 1e6)) return std::numeric_limits<double>::quiet_NaN();
  double low = -40, high = 40;
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(middle / std::numbers::sqrt2) / 2 > dpmo / 1e6 ? low : high) = middle;
  }
  return low + 1.5;
}

struct LabelledValue {
  LabelValues labels;
  double value = std::numeric_limits<double>::quiet_NaN();  ///< NaN: NULL
};

std::vector<LabelledValue> rows_of(sql::Session& session, const std::string& sql) {
  const auto rows = session.query(sql);
  EXPECT_TRUE(rows) << sql << "\n" << rows.error().message;
  std::vector<LabelledValue> list;
  for (std::size_t i = 0; rows && i < rows->size(); ++i) {
    LabelledValue row;
    for (std::size_t column = 0; column < rows->columns.size(); ++column) {
      if (rows->columns[column] != "value")
        row.labels[rows->columns[column]] = (*rows)[i].text(column);
      else if (!(*rows)[i].is_null(column))
        row.value = (*rows)[i].real(column);
    }
    list.push_back(std::move(row));
  }
  return list;
}

SeriesValues histogram(const KpiSection& section, const std::vector<LabelledValue>& rows) {
  SeriesValues series;
  for (const LabelledValue& row : rows) {
    series[series_name(section.name + "_count", row.labels)] += 1;
    series[series_name(section.name + "_sum", row.labels)] += row.value;
    std::vector<std::string> bounds = section.bounds;
    bounds.emplace_back("+Inf");
    for (const std::string& bound : bounds) {
      LabelValues labels = row.labels;
      labels["le"] = bound;
      series[series_name(section.name + "_bucket", labels)] += row.value <= std::stod(bound) ? 1 : 0;
    }
  }
  return series;
}

/// Bounds are written as the sections write them.
std::string plain_bound(const std::string& bound) {
  return bound == "+Inf" ? bound : fmt::format("{}", std::stod(bound));
}

/// `a="x",b="y"}` as labels; backslashes are undone.
LabelValues labels_of(std::istream& line) {
  LabelValues labels;
  for (std::string name; std::getline(line, name, '=');) {
    line.ignore();
    std::string value;
    for (int c = line.get(); c != '"' && line; c = line.get()) {
      if (c == '\\') c = line.get() == 'n' ? '\n' : line.unget().get();
      value += static_cast<char>(c);
    }
    labels[name] = name == "le" ? plain_bound(value) : value;
    if (line.get() == '}') break;
  }
  return labels;
}

bool is_kpi(const std::string& name) {
  if (!name.starts_with("business_") || name == "business_up") return name == kWatermark;
  return name == kWatermark ||
         !(name.starts_with("business_query_") || name.starts_with("business_database_") ||
           name.starts_with("business_exporter_"));
}

bool same(double a, double b, bool exact) {
  if (exact && std::trunc(b) == b) return a == b;
  return std::abs(a - b) <= kClose * std::max(std::abs(a), std::abs(b));
}

}  // namespace

bool KpiSection::has(const std::string& series) const {
  const std::string family = series.substr(0, series.find('{'));
  if (kind == "watermark") return series == series_name(std::string(kWatermark), {{"query", name}});
  if (kind != "histogram") return family == name;
  return family == name + "_bucket" || family == name + "_sum" || family == name + "_count";
}

std::string series_name(const std::string& name, const LabelValues& labels) {
  if (labels.empty()) return name;
  std::string text;
  for (const auto& [label, value] : labels)
    text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", label, value);
  return name + "{" + text + "}";
}

std::string independent_text(const std::string& file) {
  const auto text =
      RealFiles().read(std::string(PICKET_SOURCE_DIR) + "/tests/business/independent/" + file, 1_MiB);
  EXPECT_TRUE(text) << file;
  return text.value_or("");
}

std::vector<KpiSection> kpi_sections(const std::string& pack) {
  std::vector<KpiSection> sections;
  std::istringstream text(independent_text(pack + ".sql"));
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("--: ")) {
      std::istringstream words(line.substr(4));
      KpiSection& section = sections.emplace_back();
      words >> section.kind >> section.name;
      for (std::string bound; words >> bound;) section.bounds.push_back(plain_bound(bound));
    } else if (!line.starts_with("--") && !sections.empty()) {
      sections.back().sql += line + "\n";
    }
  }
  return sections;
}

void run_script(sql::Session& session, const std::string& script, std::int64_t now) {
  std::istringstream text(replace_all(script, "{now}", std::to_string(now)));
  std::string statement;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("--")) continue;
    statement += line + "\n";
    if (!line.ends_with(";")) continue;
    const auto done = session.execute(statement.substr(0, statement.size() - 2));
    ASSERT_TRUE(done) << statement << done.error().message;
    statement.clear();
  }
}

SeriesValues evaluate(sql::Session& session, const KpiSection& section, std::int64_t now) {
  const auto rows = rows_of(session, replace_all(section.sql, "{now}", std::to_string(now)));
  if (section.kind == "histogram") return histogram(section, rows);
  SeriesValues series;
  for (const LabelledValue& row : rows) {
    const double value = section.kind == "sigma" ? shifted_sigma(row.value) : row.value;
    const std::string name = section.kind == "watermark"
                                 ? series_name(std::string(kWatermark), {{"query", section.name}})
                                 : series_name(section.name, row.labels);
    if (!std::isnan(value)) series[name] = value;
  }
  return series;
}

SeriesValues evaluate(sql::Session& session, const KpiSection& section, std::int64_t begins,
                      std::int64_t ends) {
  const std::string sql = replace_all(replace_all(section.sql, "{begins}", std::to_string(begins)), "{ends}",
                                      std::to_string(ends));
  SeriesValues series;
  for (const LabelledValue& row : rows_of(session, sql)) {
    series[series_name("", row.labels)] =
        section.kind == "report-sigma" ? shifted_sigma(row.value) : row.value;
  }
  return series;
}

SeriesValues scraped_kpis(const std::string& scrape) {
  SeriesValues series;
  std::istringstream text(scrape);
  for (std::string line; std::getline(text, line);) {
    const std::size_t end = line.find_first_of("{ ");
    if (line.starts_with("#") || end == std::string::npos || !is_kpi(line.substr(0, end))) continue;
    std::istringstream rest(line.substr(end + 1));
    const LabelValues labels = line[end] == '{' ? labels_of(rest) : LabelValues{};
    std::string value;
    rest >> value;
    const bool fresh = series.emplace(series_name(line.substr(0, end), labels), std::stod(value)).second;
    EXPECT_TRUE(fresh) << "twice: " << line;
  }
  return series;
}

std::string difference(const SeriesValues& exporter, const SeriesValues& independent, bool exact) {
  std::string lines;
  for (const auto& [name, value] : exporter) {
    const auto other = independent.find(name);
    if (other == independent.end())
      lines += fmt::format("{}: the exporter says {}, nothing is expected\n", name, value);
    else if (!same(value, other->second, exact))
      lines += fmt::format("{}: the exporter says {}, {} is expected\n", name, value, other->second);
  }
  for (const auto& [name, value] : independent) {
    if (!exporter.contains(name) && !std::isnan(value))
      lines += fmt::format("{}: missing, {} is expected\n", name, value);
  }
  return lines;
}

}  // namespace picket::business
