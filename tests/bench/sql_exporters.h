// What bench_business compares: business_exporter and Debian's prometheus-sql-exporter and
// prometheus-postgres-exporter, each a program that has the same queries written in its own form.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/http/client.h"
#include "base/net/event_loop.h"
#include "tests/bench/process_usage.h"
#include "tests/support/free_port.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace picket::bench {

enum class SqlProgram { Picket, SqlExporter, PostgresExporter };

struct SqlQuery {
  std::string name;  ///< letters, digits, '_'
  std::string sql;   ///< its value is column n
  std::vector<std::string> labels;
};

struct SqlLoad {
  std::vector<SqlQuery> queries;
  std::chrono::seconds interval{30};  ///< prometheus-postgres-exporter has none: a scrape runs them
  bool job_each = false;              ///< prometheus-sql-exporter: a job, and so a session, for each
};

/// One of them, running until the object goes.
class SqlExporter {
 public:
  /// `dsn` is postgres://...
  SqlExporter(SqlProgram program, const std::string& dsn, const SqlLoad& load);
  /// business_exporter with this business.yml.
  explicit SqlExporter(const std::string& business_yml);

  std::string url(const std::string& path) const { return "http://" + address() + path; }
  std::string metrics_url() const { return url("/metrics"); }
  Usage usage() const { return usage_of(process_->pid()); }

 private:
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  test::ProcessOptions picket(const std::string& business_yml) const;
  test::ProcessOptions sql_exporter(const std::string& config_yml) const;
  test::ProcessOptions postgres_exporter(const std::string& dsn, const std::string& queries_yml) const;
  void start(test::ProcessOptions options);

  const test::TempDir dir_;
  const int port_ = test::free_port();
  std::unique_ptr<test::Process> process_;
};

struct Scraped {
  bool answered = false;
  double seconds = 0;
  std::string body;  ///< as it was sent: with gzip, its bytes
};

/// Asks as Prometheus would.
class Scraper {
 public:
  Scraped scrape(const std::string& url, bool gzip = true, std::chrono::seconds timeout = kTimeout);
  void start(const std::string& url, std::function<void(const Scraped&)> done);

 private:
  static constexpr std::chrono::seconds kTimeout{10};  ///< Prometheus' default

  EventLoop loop_;
  Resolver resolver_{loop_};
  CurlClient http_{loop_, resolver_};
};

}  // namespace picket::bench
