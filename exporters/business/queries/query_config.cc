#include "exporters/business/queries/query_config.h"

#include "base/crypto/digest.h"
#include "base/text/encoding.h"
#include "base/text/escape.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "exporters/business/databases/database_config.h"

namespace picket::business {
namespace {

constexpr Duration kMaxInterval = std::chrono::hours(24 * 7);
constexpr std::size_t kMaxRows = 1'000'000;

void read_timing(MapReader& r, QueryConfig& query) {
  if (r.read("interval", query.interval) &&
      (query.interval < std::chrono::seconds(1) || query.interval > kMaxInterval)) {
    r.problem("interval", "must be between 1s and 7d");
  }
  if (r.read("timeout", query.timeout)) {
    if (query.timeout < std::chrono::milliseconds(1)) r.problem("timeout", "must be at least 1ms");
  } else {
    query.timeout = std::min(query.timeout, query.interval);
  }
  if (query.timeout > query.interval) {
    r.problem("timeout",
              fmt::format("must not be longer than the interval ({})", format_duration(query.interval)));
  }
  if (!r.read("max_age", query.max_age)) {
    query.max_age = query.interval * 5;
  } else if (query.max_age < query.interval) {
    r.problem("max_age", fmt::format("must be at least the interval ({})", format_duration(query.interval)));
  }
}

void read_caps(MapReader& r, QueryConfig& query) {
  if (r.read("max_rows", query.max_rows) && (query.max_rows < 1 || query.max_rows > kMaxRows))
    r.problem("max_rows", fmt::format("must be between 1 and {}", kMaxRows));
  if (r.read("max_bytes", query.max_bytes) && (query.max_bytes < 1_KiB || query.max_bytes > 256_MiB))
    r.problem("max_bytes", "must be between 1KiB and 256MiB");
}

std::string quoted_list(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += json_quote(text) + ",";
  return out;
}

/// Everything but the help text, which changes no series.
std::string meaning_of(const MetricConfig& metric) {
  std::vector<std::string> static_labels;
  for (const auto& [name, value] : metric.static_labels) {
    static_labels.push_back(name);
    static_labels.push_back(value);
  }
  return fmt::format(
      "{} {} {} labels {} static {} values {} by {} constant {} scale {} buckets {} count {} sum {}",
      static_cast<int>(metric.type), static_cast<int>(metric.transform), metric.name,
      quoted_list(metric.labels), quoted_list(static_labels), quoted_list(metric.values),
      json_quote(metric.value_label), metric.static_value ? format_double(*metric.static_value) : "",
      metric.scale, fmt::join(metric.buckets, ","), json_quote(metric.count), json_quote(metric.sum));
}

}  // namespace

std::string QueryConfig::fingerprint() const {
  std::string text = fmt::format("{}\n{}\n", database, sql);
  for (const MetricConfig& metric : metrics) text += meaning_of(metric) + "\n";
  return hex_encode(sha256(text));
}

void read_yaml(MapReader& r, QueryConfig& query) {
  r.require("database", query.database);
  read_query_keys(r, query);
}

void read_query_keys(MapReader& r, QueryConfig& query) {
  if (r.require("name", query.name)) check_name(*r.at("name"), query.name);
  if (r.require("sql", query.sql) && trim(query.sql).empty()) r.problem("sql", "is empty");
  read_timing(r, query);
  read_caps(r, query);
  r.read("watermark", query.watermark);
  r.require("metrics", query.metrics);
  if (r.has("metrics") && query.metrics.empty()) r.problem("metrics", "the query has no metric");
}

}  // namespace picket::business
