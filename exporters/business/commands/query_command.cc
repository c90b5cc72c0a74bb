#include "exporters/business/commands/query_command.h"

#include <algorithm>
#include <cstdio>

#include "base/daemon/daemon.h"
#include "base/sql/source.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "base/text/suggest.h"
#include "base/text/table.h"
#include "base/time/clock.h"
#include "exporters/business/config/business_config.h"
#include "exporters/business/databases/statement.h"
#include "exporters/business/exposition/business_collector.h"
#include "exporters/business/results/conversion.h"

namespace picket::business {
namespace {

constexpr std::size_t kRowsShown = 20;
constexpr std::size_t kCellMax = 60;

void complain(const std::string& what) {
  fmt::print(stderr, "business_exporter: {}\n", what);
}

std::string cell(const sql::Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&value)) return format_double(*real);
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? "NULL" : truncate(*text, kCellMax);
}

void print_rows(const sql::Rows& rows) {
  TextTable table{rows.columns, {}};
  for (std::size_t i = 0; i < rows.size() && i < kRowsShown; ++i) {
    std::vector<std::string>& line = table.rows.emplace_back();
    for (const sql::Value& value : rows.values[i]) line.push_back(cell(value));
  }
  fmt::print("{}", format_table(table));
  if (rows.size() > kRowsShown) fmt::print("... and {} more rows\n", rows.size() - kRowsShown);
}

void print_metrics(const QueryPtr& query, const Converted& converted) {
  QueryStatus status;
  status.config = query;
  status.result = std::make_shared<const QueryResult>(converted.result);
  fmt::print("\nMetrics:\n{}", metrics_text(status));
  for (std::size_t i = 0; i < kDropReasons; ++i) {
    if (converted.drops[i] > 0)
      fmt::print("dropped: {} ({})\n", converted.drops[i], to_string(static_cast<DropReason>(i)));
  }
}

class DryRun {
 public:
  DryRun(const DatabaseConfig& database, QueryPtr query) : database_(database), query_(std::move(query)) {
    limits_ = {.rows = query_->max_rows, .bytes = query_->max_bytes, .timeout = query_->timeout};
    limits_.lock_timeout = std::min(database.lock_timeout, limits_.timeout);
  }

  int run() {
    auto source = sql::Source::connect(database_.source());
    if (!source) return refuse("connecting", source.error());
    warn_of_rights(**source);
    const MonoTime began = clock_.mono();
    const auto rows = (*source)->read(sql_, limits_);
    if (!rows) return refuse("running the query", rows.error());
    fmt::print("{} rows in {:.1f} ms\n\n", rows->size(), seconds(clock_.mono() - began) * 1000);
    print_rows(*rows);
    const Result<Converted> converted = convert(*query_, *rows);
    if (!converted) {
      complain(converted.error().message);
      return kCommandFailed;
    }
    print_metrics(query_, *converted);
    print_plan(**source);
    return 0;
  }

 private:
  int refuse(const char* doing, const sql::ReadError& error) const {
    complain(fmt::format("query \"{}\" of database \"{}\": {}: {}", query_->name, database_.name, doing,
                         error.message));
    return kCommandFailed;
  }

  void warn_of_rights(sql::Source& source) const {
    const auto rights = source.rights_beyond_reading();
    if (!rights) return;
    for (const std::string& right : *rights) complain("warning: " + right);
  }

  void print_plan(sql::Source& source) const {
    const auto plan = source.plan(sql_, limits_);
    if (!plan) return complain("no plan: " + plan.error().message);
    fmt::print("\nPlan:\n");
    for (const std::string& line : *plan) fmt::print("  {}\n", line);
  }

  const DatabaseConfig& database_;
  const QueryPtr query_;
  sql::ReadLimits limits_;
  const SystemClock clock_;
  const std::string sql_ = at_time(query_->sql, clock_.wall());
};

}  // namespace

int run_query_command(const std::vector<std::string>& words, const DaemonFlags& flags, Files& files) {
  const bool dry = std::ranges::find(words, "--dry-run") != words.end();
  if (!dry || words.size() != 2) {
    complain("query NAME --dry-run is expected: runs the query once and shows rows, metrics and plan");
    return kCommandUsage;
  }
  const std::string& name = words[0] == "--dry-run" ? words[1] : words[0];
  const Result<BusinessConfig> config = load_business_config(flags.config_file, files);
  if (!config) {
    fmt::print(stderr, "{}\n", config.error().message);
    return kCommandFailed;
  }
  std::vector<std::string> known;
  for (const QueryPtr& query : config->queries) {
    known.push_back(query->name);
    if (query->name != name) continue;
    const auto database = std::ranges::find(config->databases, query->database, &DatabaseConfig::name);
    return DryRun(*database, query).run();
  }
  complain(fmt::format("{} has no query \"{}\"{}", flags.config_file, name, did_you_mean(name, known)));
  return kCommandFailed;
}

}  // namespace picket::business
