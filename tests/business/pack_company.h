// A company of a few rows in a database of its own, with the views of all packs, and what the packs make of it.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/files/files.h"
#include "base/sql/source.h"
#include "base/text/strings.h"
#include "exporters/business/databases/statement.h"
#include "exporters/business/packs/pack.h"
#include "exporters/business/queries/sigma_level.h"
#include "exporters/business/results/conversion.h"
#include "tests/sql/engine_fixture.h"
#include "tests/support/postgres_server.h"
#include "tests/support/temp_dir.h"

namespace picket::test {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kNow = 1'800'000'000;
/// Two days, the first from the second 1,000,000 on.
constexpr const char* kTwoDays = "('one', 1000000, 1086400), ('two', 1086400, 1172800)";

/// What series or rows there are, by name and labels: `a_total{eu,web}`, or by period and columns: `one,eu`.
/// Of a histogram the count, the sum and each bucket that is not empty: `a_count{eu}`, `a{eu,le=10}`.
using Figures = std::map<std::string, double>;

class PackCompany {
 public:
  explicit PackCompany(sql::Engine engine) : engine_(engine), dsn_(*sql::Dsn::parse(new_database(engine))) {
    database_ = *sql::Database::open(dsn_);
    const std::string tables = source_file("demo/schema.sql");
    std::vector<sql::Migration> migrations{{1, "tables", tables}};
    for (const business::Pack& pack : business::all_packs())
      migrations.push_back({static_cast<int>(migrations.size()) + 1, pack.name, pack.schema_sql});
    const auto made = database_->migrate("company", migrations);
    EXPECT_TRUE(made) << (made ? "" : made.error().message);
    source_ = *sql::Source::connect(dsn_);
  }

  sql::Engine engine() const { return engine_; }
  void run(const std::string& statement) {
    const auto done = database_->execute(statement);
    EXPECT_TRUE(done) << statement << ": " << (done ? "" : done.error().message);
  }
  /// `rows` without their ids: each begins with one.
  void insert(const std::string& table, const std::vector<std::string>& rows) {
    for (const std::string& row : rows)
      run(fmt::format("INSERT INTO {} VALUES ({}, {})", table, ++last_id_, row));
  }

  sql::Rows read(const std::string& statement) {
    const auto rows = source_->read(statement, {});
    EXPECT_TRUE(rows) << statement << ": " << (rows ? "" : rows.error().message);
    return rows.value_or(sql::Rows{});
  }
  std::vector<std::string> plan(const std::string& statement) {
    const auto plan = source_->plan(statement, {});
    EXPECT_TRUE(plan) << statement;
    return plan.value_or(std::vector<std::string>{});
  }

  /// Runs a query of a pack at kNow; nothing may be dropped.
  Figures figures(const business::QueryConfig& query, const std::string& schema = "") {
    const sql::Rows rows = read(statement(query.sql, schema));
    const auto made = business::convert(query, rows);
    EXPECT_TRUE(made) << query.name << ": " << (made ? "" : made.error().message);
    if (!made) return {};
    EXPECT_EQ(made->drops, business::Drops{}) << query.name;
    Figures figures;
    for (std::size_t i = 0; i < query.metrics.size(); ++i)
      add_series(query.metrics[i], made->result.metrics[i], figures);
    return figures;
  }
  /// Of the query called `pack`_`name`.
  Figures figures(const std::string& pack, const std::string& name) {
    const std::string wanted = pack + "_" + name;
    for (const business::QueryConfig& query : business::find_pack(pack)->queries) {
      if (query.name == wanted) return figures(query);
    }
    ADD_FAILURE() << "pack " << pack << " has no query " << name;
    return {};
  }

  Figures report(const business::ReportConfig& report, const std::string& periods,
                 const std::string& schema = "") {
    const sql::Rows rows = read(report_statement(report, periods, schema));
    Figures figures;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      EXPECT_EQ(rows.columns, columns_of(report)) << report.kpi;
      std::vector<std::string> key;
      for (std::size_t column = 0; column + 1 < rows.columns.size(); ++column)
        key.push_back(rows[i].text(column));
      EXPECT_FALSE(rows[i].is_null(key.size())) << report.kpi;
      std::optional<double> value = rows[i].real(key.size());
      if (report.transform == business::Transform::SigmaLevel) value = business::sigma_level(*value);
      if (!value) continue;
      EXPECT_TRUE(figures.emplace(join(key, ","), *value).second) << report.kpi << " has a row twice";
    }
    return figures;
  }
  Figures report(const std::string& pack, const std::string& kpi, const std::string& periods = kTwoDays) {
    for (const business::ReportConfig& config : business::find_pack(pack)->reports) {
      if (config.kpi == kpi) return report(config, periods);
    }
    ADD_FAILURE() << "pack " << pack << " has no report " << kpi;
    return {};
  }

  static std::string statement(const std::string& text, const std::string& schema = "") {
    return business::at_time(business::with_schema(text, schema), WallTime(std::chrono::seconds(kNow)));
  }
  static std::string report_statement(const business::ReportConfig& report, const std::string& periods,
                                      const std::string& schema = "") {
    return replace_all(business::with_schema(report.sql, schema), "{periods}", periods);
  }
  static std::string source_file(const std::string& path) {
    const auto text = RealFiles().read(std::string(PICKET_SOURCE_DIR) + "/exporters/business/" + path, 1_MiB);
    EXPECT_TRUE(text) << path;
    return text.value_or("");
  }

 private:
  std::string new_database(sql::Engine engine) const {
    return engine == sql::Engine::Sqlite ? "sqlite:" + dir_.file("company.db")
                                         : PostgresServer::shared().create_database();
  }
  static std::vector<std::string> columns_of(const business::ReportConfig& report) {
    std::vector<std::string> columns{"period"};
    columns.insert(columns.end(), report.by.begin(), report.by.end());
    columns.emplace_back("value");
    return columns;
  }
  static void add_series(const business::MetricConfig& metric, const business::Series& series,
                         Figures& figures) {
    for (const business::Sample& sample : series.samples)
      figures.emplace(fmt::format("{}{{{}}}", metric.name, join(sample.labels, ",")), sample.value);
    for (const business::HistogramSample& sample : series.histograms) {
      const std::string labels = join(sample.labels, ",");
      std::uint64_t count = 0;
      for (std::size_t i = 0; i < sample.counts.size(); ++i) {
        count += sample.counts[i];
        const std::string le = i < metric.buckets.size() ? fmt::format("{}", metric.buckets[i]) : "+Inf";
        if (sample.counts[i] > 0)
          figures.emplace(fmt::format("{}{{{},le={}}}", metric.name, labels, le), sample.counts[i]);
      }
      figures.emplace(fmt::format("{}_count{{{}}}", metric.name, labels), count);
      figures.emplace(fmt::format("{}_sum{{{}}}", metric.name, labels), sample.sum);
    }
  }

  const sql::Engine engine_;
  const TempDir dir_;
  const sql::Dsn dsn_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<sql::Source> source_;
  int last_id_ = 0;
};

/// Names of the views that a pack's schema.sql makes.
inline std::vector<std::string> views_of(const business::Pack& pack) {
  constexpr std::string_view kCreate = "CREATE VIEW ";
  std::vector<std::string> views;
  for (const std::string_view line : split(pack.schema_sql, '\n')) {
    if (line.starts_with(kCreate))
      views.emplace_back(line.substr(kCreate.size(), line.find(" AS") - kCreate.size()));
  }
  return views;
}

/// For tests that run on both engines.
class PackTest : public ::testing::TestWithParam<sql::Engine> {
 protected:
  PackCompany company_{GetParam()};
};
inline const auto kBothEngines = ::testing::Values(sql::Engine::Sqlite, sql::Engine::Postgres);

}  // namespace picket::test
