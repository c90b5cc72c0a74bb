// Every family of docs/metrics.md is seen in a daemon's /metrics with its type and labels, and none beside
// them: the daemons run with everything switched on, and what shows after an event only is provoked.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>

#include "authd/audit/chain.h"
#include "tests/documents/document.h"
#include "tests/documents/exposition.h"
#include "tests/documents/soa_server.h"
#include "tests/e2e/authd/auth_daemon.h"
#include "tests/support/certificates.h"
#include "tests/support/free_port.h"
#include "tests/support/nginx_server.h"
#include "tests/support/peer_server.h"
#include "tests/support/postgres_server.h"
#include "tests/support/process.h"
#include "tests/support/program.h"
#include "tests/support/redis_server.h"
#include "tests/support/smtp_server.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
/// Begins the names of metrics that a configuration makes.
constexpr std::string_view kOwn = "own_";
using Reasons = std::map<std::string, std::string>;

/// The same of each daemon.
Reasons with_common(const std::string& daemon, Reasons reasons) {
  const std::string limit = "shows from four fifths of 10,000 series on: tests/metrics";
  reasons.emplace(daemon + "_series", limit);
  reasons.emplace(daemon + "_series_limit", limit);
  reasons.emplace(daemon + "_series_overflow_total", limit);
  return reasons;
}

/// Scrapes until every documented family was seen, or the time is over.
void expect_documented(const std::string& daemon, const std::string& url, const Reasons& reasons) {
  const Families documented = documented_families(source_file("docs/metrics.md"), daemon);
  ASSERT_GT(documented.size(), 20U);
  Families seen;
  wait_until(seconds(60), milliseconds(200), [&] {
    add_families(seen, families_of(http_get(url, {{"Accept", "text/plain"}}).body));
    std::erase_if(seen, [](const auto& family) { return family.first.starts_with(kOwn); });
    return differences(documented, seen, reasons).empty();
  });
  EXPECT_EQ(differences(documented, seen, reasons), "");
}

std::unique_ptr<Process> started(const std::string& program, const TempDir& dir, int port) {
  auto process = std::make_unique<Process>(std::vector<std::string>{
      std::string(PICKET_BIN_DIR "/") + program, "--config.file", dir.file("config.yml"), "--storage.path",
      dir.file("data"), "--web.listen-address", fmt::format("127.0.0.1:{}", port)});
  const std::string ready = fmt::format("http://127.0.0.1:{}/-/ready", port);
  EXPECT_TRUE(wait_until(seconds(20), milliseconds(20), [&] { return http_get(ready).status == 200; }))
      << process->errors();
  return process;
}

/// A line of authd's audit file.
std::string refused_second_factor() {
  const authd::AuditEvent event = authd::canonical_event({.timestamp = WallTime(seconds(1796050859)),
                                                          .ip = "192.0.2.1",
                                                          .action = "auth.login",
                                                          .resource = "user:u1",
                                                          .result = "denied",
                                                          .details = R"({"factor":"totp","reason":"wrong"})"})
                                      .value();
  return authd::jsonl_line({1, event, authd::chain_hash(std::string(authd::chain_start()), 1, event)}) + "\n";
}

/// What health_exporter probes, one of each kind.
struct ProbedPeers {
  Certificates certificates;
  CertificateFiles server = certificates.server();
  TempDir folder;
  LocalPeer http{[](const PeerRequest&) {
    return PeerAnswer{200, "ok", {{"Last-Modified", "Wed, 21 Oct 2015 07:28:00 GMT"}}};
  }};
  LocalPeer tls{{server.cert, server.key}, {}};
  NginxServer stapling{"server { listen 127.0.0.1:@PORT@ ssl; ssl_certificate " + server.cert +
                       "; ssl_certificate_key " + server.key + "; ssl_stapling on; ssl_stapling_file " +
                       certificates.ocsp_response(server, Certificates::Ocsp::Good) +
                       "; location / { return 200; } }"};
  SoaServer dns;
  SoaServer second_dns;
  SmtpServer smtp{{.cert = server.cert, .key = server.key}};
  Process transaction{{find_program("psql", "postgresql-client-15"), PostgresServer::shared().dsn(), "-c",
                       "SELECT pg_sleep(300)"}};  ///< that stays open
  RedisServer redis;
  RedisServer replica{{"--replicaof", "127.0.0.1", std::to_string(redis.port())}};

  std::string config() const {
    const std::string ca = "tls_config: {ca_file: " + certificates.ca_file() + "}";
    const auto check = [](const std::string& name, const std::string& prober) {
      return fmt::format("- {{name: {}, interval: 1s, timeout: 1s, prober: {{{}}}}}\n", name, prober);
    };
    return "checks:\n" + check("http", fmt::format("http: {{url: \"{}\"}}", http.url("/"))) +
           check("https", fmt::format("http: {{url: \"https://localhost:{}/\", {}}}", tls.port(), ca)) +
           check("ocsp", fmt::format("tls: {{target: \"127.0.0.1:{}\", {}}}", stapling.port(), ca)) +
           check("dns_servers",
                 fmt::format("dns: {{servers: [\"{}\", \"{}\"], name: example.org, type: SOA}}", dns.target(),
                             second_dns.target())) +
           check("tcp", fmt::format("tcp: {{target: 127.0.0.1:{}}}", http.port())) +
           check("tls", fmt::format("tls: {{target: 127.0.0.1:{}, {}}}", tls.port(), ca)) +
           check("dns", fmt::format("dns: {{server: \"{}\", name: example.org, type: SOA}}", dns.target())) +
           check("icmp", "icmp: {target: 127.0.0.1, spacing: 20ms}") +
           check("smtp", fmt::format("smtp: {{target: {}, {}}}", smtp.target(), ca)) +
           check("postgres", fmt::format("postgres: {{dsn: \"{}\"}}", PostgresServer::shared().dsn())) +
           check("redis", fmt::format("redis: {{target: {}}}", redis.target())) +
           check("replica", fmt::format("redis: {{target: {}}}", replica.target())) +
           check("disk", fmt::format("filesystem: {{path: {}, canary: true}}", folder.path())) +
           check("machine", "system: {}") +
           check("down", fmt::format("tcp: {{target: 127.0.0.1:{}}}", free_port())) +
           "slos: [{name: slo, checks: [http]}]\n";
  }
};

TEST(Metrics, OfHealthExporterAreThoseOfItsDocument) {
  const ProbedPeers peers;
  const TempDir dir;
  dir.write("config.yml", peers.config());
  const int port = free_port();
  const auto process = started("health_exporter", dir, port);
  const std::string url = fmt::format("http://127.0.0.1:{}", port);
  http_get(url + "/api/health");
  expect_documented("health_exporter", url + "/metrics",
                    with_common("health_exporter",
                                {{"health_postgres_replication_lag_seconds", "a standby alone has it"}}));
}

TEST(Metrics, OfBusinessExporterAreThoseOfItsDocument) {
  const TempDir dir;
  dir.write("config.yml", fmt::format(R"(
databases: [{{name: db, dsn: "{}"}}]
queries:
- {{name: fine, database: db, interval: 1s, sql: "SELECT 1 AS v, now() AS t", watermark: t,
    metrics: [{{name: own_fine, help: x, type: gauge, value: v}}]}}
- {{name: empty, database: db, interval: 1s, sql: "SELECT NULL::int AS v",
    metrics: [{{name: own_empty, help: x, type: gauge, value: v}}]}}
- {{name: wrong, database: db, interval: 1s, sql: "SELECT v FROM nowhere",
    metrics: [{{name: own_wrong, help: x, type: gauge, value: v}}]}}
)",
                                      PostgresServer::shared().create_database()));
  const int port = free_port();
  const auto process = started("business_exporter", dir, port);
  const std::string url = fmt::format("http://127.0.0.1:{}", port);
  http_get(url + "/");
  expect_documented("business_exporter", url + "/metrics",
                    with_common("business_exporter", {{"business_exporter_state_write_failures_total",
                                                       "shows with the first write that fails"}}));
}

TEST(Metrics, OfSecurityExporterAreThoseOfItsDocument) {
  Certificates certificates;
  const CertificateFiles server = certificates.server();
  const NginxServer nginx{"server { listen 127.0.0.1:@PORT@ ssl; ssl_certificate " + server.cert +
                          "; ssl_certificate_key " + server.key + "; location / { return 200 \"ok\"; } }"};
  const TempDir dir;
  const std::string log = dir.write(
      "access.log", "192.0.2.1 - - [30/Nov/2026:15:00:00 +0000] \"GET / HTTP/1.1\" 429 9 \"-\" \"x\"\n");
  const std::string audit = dir.write("audit.jsonl", refused_second_factor());
  dir.write("config.yml", fmt::format(R"(
sources:
- {{name: web, path: {}, from: start}}
- {{name: audit, type: authd_audit, path: {}, from: start}}
scans: [{{target: "https://localhost:{}/", ca_file: {}}}]
)",
                                      log, audit, nginx.port(), certificates.ca_file()));
  const int port = free_port();
  const auto process = started("security_exporter", dir, port);
  const std::string url = fmt::format("http://127.0.0.1:{}", port);
  // Until the logs are read that were there at the start, there are none.
  ASSERT_TRUE(
      wait_until(seconds(20), milliseconds(50), [&] { return http_get(url + "/metrics").status == 200; }));
  expect_documented("security_exporter", url + "/metrics", with_common("security_exporter", {}));
}

TEST(Metrics, OfAlertdAreThoseOfItsDocument) {
  const LocalPeer datasource([](const PeerRequest&) {
    return PeerAnswer{200,
                      R"({"status":"success","data":{"resultType":"vector","result":[
      {"metric":{"job":"a"},"value":[1,"1"]}]}})",
                      {{"Content-Type", "application/json"}}};
  });
  const LocalPeer refusing([](const PeerRequest&) { return PeerAnswer{400, "no", {}}; });
  const TempDir dir;
  dir.write("rules.yml", "groups: [{name: g, rules: [{alert: A, expr: up}, {record: r, expr: up}]}]\n");
  dir.write("config.yml", fmt::format(R"(
datasource: {{url: "{}"}}
global: {{evaluation_interval: 1s}}
rule_files: [rules.yml]
route: {{receiver: refusing, group_wait: 0s, group_interval: 1s}}
receivers: [{{name: refusing, webhook_configs: [{{url: "{}"}}]}}]
)",
                                      datasource.url(), refusing.url("/")));
  const int port = free_port();
  const auto process = started("alertd", dir, port);
  const std::string url = fmt::format("http://127.0.0.1:{}", port);
  http_get(url + "/api/v1/alerts");
  expect_documented("alertd", url + "/metrics", with_common("alertd", {}));
}

TEST(Metrics, OfAuthdAreThoseOfItsDocument) {
  const RedisServer redis;
  const SmtpServer smtp;
  AuthDaemon daemon(
      {.config = fmt::format("ratelimit: {{redis: {{address: \"{}\"}}}}\n"
                             "mail: {{from: a@example.org, smtp: {{smarthost: \"{}\", require_tls: "
                             "false}}}}\n",
                             redis.target(), smtp.target())});
  daemon.create_user("alice", "owner", kPassword);
  daemon.post("/api/v1/auth/login", {{"username", "alice"}, {"password", "wrong and wrong again"}});
  const auto tokens = daemon.login("alice", kPassword);
  daemon.verify(tokens.value("access_token", ""), "https://app.example.org/?q=<script>alert(1)</script>");
  expect_documented("authd", daemon.url("/metrics"), with_common("authd", {}));
}

}  // namespace
}  // namespace picket::test
