#include "tests/bench/sql_exporters.h"

#include <fmt/format.h>

#include <memory>

#include "tests/support/give_up.h"
#include "tests/support/program.h"
#include "tests/support/wait.h"

namespace picket::bench {
namespace {

std::string business_yml(const std::string& dsn, const SqlLoad& load) {
  std::string text = fmt::format("databases: [{{name: bench, dsn: \"{}\"}}]\nqueries:\n", dsn);
  for (const SqlQuery& query : load.queries) {
    text += fmt::format(
        "- {{name: {0}, database: bench, interval: {1}s, max_rows: 200000, max_bytes: 64MiB, sql: \"{2}\",\n"
        "   metrics: [{{name: {0}, type: gauge, help: Rows., labels: [{3}], value: n}}]}}\n",
        query.name, load.interval.count(), query.sql, fmt::join(query.labels, ", "));
  }
  return text;
}

/// As in its config.yml.dist.
std::string sql_exporter_yml(const std::string& dsn, const SqlLoad& load) {
  std::string text = "jobs:\n";
  for (const SqlQuery& query : load.queries) {
    if (load.job_each || &query == &load.queries.front()) {
      text += fmt::format(
          "- name: {}\n  interval: '{}s'\n  connections: ['{}']\n  startup_sql: ['SET lock_timeout = 1000']\n"
          "  queries:\n",
          query.name, load.interval.count(), dsn);
    }
    text += fmt::format("  - {{name: {}, help: Rows., labels: [{}], values: [n], query: \"{}\"}}\n",
                        query.name, fmt::join(query.labels, ", "), query.sql);
  }
  return text;
}

/// As in its queries.yaml.
std::string postgres_exporter_yml(const SqlLoad& load) {
  std::string text;
  for (const SqlQuery& query : load.queries) {
    text += fmt::format("{}:\n  query: \"{}\"\n  metrics:\n", query.name, query.sql);
    for (const std::string& label : query.labels)
      text += fmt::format("    - {}: {{usage: LABEL, description: Label.}}\n", label);
    text += "    - n: {usage: GAUGE, description: Rows.}\n";
  }
  return text;
}

OutboundRequest request_for(const std::string& url, bool gzip, std::chrono::seconds timeout) {
  OutboundRequest request;
  request.url = url;
  request.timeout = timeout;
  request.max_response = 256_MiB;
  request.decompress = false;
  if (gzip) request.headers.add("Accept-Encoding", "gzip");
  return request;
}

Scraped scraped(ClientResponse answer) {
  return {.answered = answer.failed == FailedStep::None && answer.response.status == 200,
          .seconds = std::chrono::duration<double>(answer.exchange.timings.total).count(),
          .body = std::move(answer.response.body)};
}

}  // namespace

SqlExporter::SqlExporter(SqlProgram program, const std::string& dsn, const SqlLoad& load) {
  if (program == SqlProgram::Picket) start(picket(business_yml(dsn, load)));
  if (program == SqlProgram::SqlExporter) start(sql_exporter(sql_exporter_yml(dsn, load)));
  if (program == SqlProgram::PostgresExporter) start(postgres_exporter(dsn, postgres_exporter_yml(load)));
}

SqlExporter::SqlExporter(const std::string& business_yml) {
  start(picket(business_yml));
}

test::ProcessOptions SqlExporter::picket(const std::string& business_yml) const {
  return {.argv = {std::string(PICKET_BIN_DIR) + "/business_exporter", "--config.file",
                   dir_.write("business.yml", business_yml), "--storage.path", dir_.file("data"),
                   "--web.listen-address", address(), "--log.level", "error"}};
}

test::ProcessOptions SqlExporter::sql_exporter(const std::string& config_yml) const {
  return {.argv = {test::find_program("prometheus-sql-exporter", "prometheus-sql-exporter"), "-config.file",
                   dir_.write("config.yml", config_yml), "-web.listen-address", address()}};
}

test::ProcessOptions SqlExporter::postgres_exporter(const std::string& dsn,
                                                    const std::string& queries_yml) const {
  return {.argv = {test::find_program("prometheus-postgres-exporter", "prometheus-postgres-exporter"),
                   "--disable-default-metrics", "--disable-settings-metrics", "--no-collector.database",
                   "--no-collector.bgwriter", "--extend.query-path=" + dir_.write("queries.yml", queries_yml),
                   "--web.listen-address=" + address()},
          .env = {{"DATA_SOURCE_NAME", dsn}}};
}

void SqlExporter::start(test::ProcessOptions options) {
  const std::string name = options.argv.front();
  process_ = std::make_unique<test::Process>(std::move(options));
  Scraper scraper;
  const bool listens = test::wait_until(std::chrono::seconds(20), std::chrono::milliseconds(100),
                                        [&] { return !scraper.scrape(url("/")).body.empty(); });
  if (!listens) test::give_up(name + " does not start: " + process_->errors());
}

Scraped Scraper::scrape(const std::string& url, bool gzip, std::chrono::seconds timeout) {
  return scraped(http_.exchange(request_for(url, gzip, timeout)));
}

void Scraper::start(const std::string& url, std::function<void(const Scraped&)> done) {
  http_.send_async(request_for(url, true, kTimeout),
                   [done = std::move(done)](ClientResponse answer) { done(scraped(std::move(answer))); });
}

}  // namespace picket::bench
