// What every prober's results become on /metrics and /probe: no series twice, and nothing that a strict
// parser refuses.
#include <fmt/format.h>

#include <set>

#include "base/metrics/exposition.h"
#include "base/text/strings.h"
#include "exporters/health/blackbox/probe_families.h"
#include "exporters/health/engine/check_record.h"
#include "exporters/health/exposition/health_collector.h"
#include "tests/health/probers/prober_fixture.h"
#include "tests/net/dns_peer.h"
#include "tests/net/raw_peer.h"
#include "tests/support/certificates.h"
#include "tests/support/peer_server.h"
#include "tests/support/postgres_server.h"
#include "tests/support/process.h"
#include "tests/support/redis_server.h"
#include "tests/support/smtp_server.h"

namespace picket::health {
namespace {

namespace test = picket::test;

/// Series that stand in `text` more than once, one a line.
std::string repeated_series(const std::string& text) {
  std::set<std::string_view> seen;
  std::string repeated;
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty() || line.starts_with('#')) continue;
    const std::string_view series = line.substr(0, line.rfind(' '));
    if (!seen.insert(series).second) repeated.append(series).append("\n");
  }
  return repeated;
}

constexpr std::string_view kParse = R"(
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
print(len(list(text_string_to_metric_families(sys.stdin.read()))))
)";

class Series : public ProberFixture {
 protected:
  /// Runs a check of each prober and shows their results.
  std::string metrics_of(const std::string& health_yml, ExpositionFormat format) {
    auto parsed = parse_health_config(health_yml, "health.yml", files_, registry_);
    if (!parsed) {
      ADD_FAILURE() << parsed.error().message;
      return "";
    }
    const auto config = std::make_shared<const HealthConfig>(std::move(*parsed));
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->config = config;
    for (const auto& check : config->checks) {
      const std::shared_ptr<Prober> prober = check->prober->make(services());
      const ProbeResult result = run(*prober, check->prober->target());
      EXPECT_TRUE(result.success) << check->name << ": " << result.detail;
      CheckRecord record(check, prober, Moment::of(clock_));
      record.take(result, Moment::of(clock_));
      snapshot->checks.push_back(record.status(Moment::of(clock_)));
    }
    HealthCollector collector([snapshot] { return snapshot; });
    Collector* const collectors[] = {&collector};
    return encode(collectors, format);
  }

  static std::string soa() {
    return test::dns_record(6, std::string("\0\0\0\0\0\x07", 6) + std::string(16, '\0'));
  }
};

TEST_F(Series, OfEveryProberStandOnceOnMetrics) {
  test::Certificates certificates;
  const test::CertificateFiles files = certificates.server();
  const test::LocalPeer web({.cert_file = files.cert, .key_file = files.key}, {});
  const test::SmtpServer mail({.cert = files.cert, .key = files.key});
  const test::RedisServer redis;
  test::DnsPeer one, other;
  for (test::DnsPeer* server : {&one, &other}) server->answer("x.example", {{}, 0, false, {soa(), soa()}});
  const std::string tls = fmt::format("tls_config: {{ca_file: {}}}", certificates.ca_file());
  std::string yaml = "checks:\n";
  const auto check = [&yaml](const std::string& name, const std::string& prober) {
    yaml += fmt::format("- {{name: {}, prober: {{{}}}}}\n", name, prober);
  };
  check("web", fmt::format("http: {{url: \"{}\", {}}}", web.url(), tls));
  check("tcp", fmt::format("tcp: {{target: \"127.0.0.1:{}\", tls: true, {}}}", web.port(), tls));
  check("tls", fmt::format("tls: {{target: \"127.0.0.1:{}\", {}}}", web.port(), tls));
  check("mail", fmt::format("smtp: {{target: \"{}\", starttls: required, {}}}", mail.target(), tls));
  check("name", fmt::format("dns: {{server: \"{}\", name: x.example, type: ANY}}", one.endpoint().text()));
  check("names", fmt::format("dns: {{servers: [\"{}\", \"{}\"], name: x.example, type: SOA}}",
                             one.endpoint().text(), other.endpoint().text()));
  check("ping", "icmp: {target: 127.0.0.1, packets: 2, spacing: 1ms}");
  check("redis", fmt::format("redis: {{target: \"{}\"}}", redis.target()));
  check("postgres", fmt::format("postgres: {{dsn: \"{}\"}}", test::PostgresServer::shared().dsn()));
  check("disk", "filesystem: {path: /tmp, canary: true, min_free_ratio: 0, down_free_ratio: 0}");
  check("disk2", "filesystem: {path: /tmp, canary: true, min_free_ratio: 0, down_free_ratio: 0}");
  check("host", "system: {min_memory_ratio: 0}");
  check("host2", "system: {min_memory_ratio: 0}");
  const std::string text = metrics_of(yaml, ExpositionFormat::Text004);
  EXPECT_EQ(repeated_series(text), "");
  for (const char* series :
       {"health_smtp_reply_code{check=\"mail\",step=\"ehlo\"} 250",
        "health_dns_answers_consistent{check=\"names\"} 1",
        "health_dns_soa_serial{check=\"name\",server=", "health_filesystem_canary_duration_seconds_count",
        "health_redis_role_info", "health_postgres_connections", "health_tls_leaf_info", "health_cpus"}) {
    EXPECT_NE(text.find(series), std::string::npos) << series;
  }
  const std::string strict = metrics_of(yaml, ExpositionFormat::OpenMetrics1);
  const test::Finished parsed =
      test::run_to_end({{"/usr/bin/python3", "-c", std::string(kParse)}, {}, {}, strict});
  EXPECT_EQ(parsed.exit_code, 0) << parsed.errors;
}

TEST_F(Series, OfEveryModuleStandOnceOnProbe) {
  test::Certificates certificates;
  const test::CertificateFiles files = certificates.server();
  const test::LocalPeer web({.cert_file = files.cert, .key_file = files.key}, {});
  test::DnsPeer names;
  names.answer("x.example", {{}, 0, false, {soa(), soa()}});
  const std::string tls = fmt::format("tls_config: {{ca_file: {}}}", certificates.ca_file());
  const std::string local = fmt::format("127.0.0.1:{}", web.port());
  const auto shown = [this](const std::string& yaml, const std::string& target) {
    const Result<Module> read = parse_config<Module>(yaml, "blackbox.yml", files_);
    EXPECT_TRUE(read) << yaml;
    const ProbeResult result = std::visit(
        [&]<class C>(const C& settings) {
          const auto config = std::make_shared<const C>(settings);
          if constexpr (std::is_same_v<C, HttpProbeConfig>) {
            HttpProber prober(config, services());
            return run(prober, {target, ""});
          } else if constexpr (std::is_same_v<C, TcpProbeConfig>) {
            TcpProber prober(config, services());
            return run(prober, {target, ""});
          } else if constexpr (std::is_same_v<C, DnsProbeConfig>) {
            DnsProber prober(config, services());
            return run(prober, {target, ""});
          } else {
            IcmpProber prober(config, services());
            return run(prober, {target, ""});
          }
        },
        read->settings);
    EXPECT_TRUE(result.success) << yaml << result.detail;
    return probe_metrics(*read, result);
  };
  for (const std::string& text :
       {shown("{prober: http, http: {" + tls + "}}", web.url()),
        shown("{prober: tcp, tcp: {tls: true, " + tls + "}}", local),
        shown("{prober: dns, dns: {query_name: x.example, query_type: SOA}}", names.endpoint().text()),
        shown("{prober: icmp}", "127.0.0.1")}) {
    EXPECT_EQ(repeated_series(text), "");
    EXPECT_NE(text.find("\nprobe_success 1\n"), std::string::npos) << text;
  }
}

/// Greets, offers STARTTLS, and is busy as soon as TLS is on.
void greet_then_be_busy(test::RawConnection& connection, const test::CertificateFiles& files) {
  connection.write("220 mx.test\r\n");
  connection.read_until("\r\n");
  connection.write("250-mx.test\r\n250 STARTTLS\r\n");
  connection.read_until("\r\n");
  connection.write("220 go ahead\r\n");
  if (!connection.start_tls(files)) return;
  connection.read_until("\r\n");
  connection.write("421 busy\r\n");
}

TEST_F(Series, OfSmtpShowTheGreetingAfterStarttls) {
  test::Certificates certificates;
  const test::CertificateFiles files = certificates.server();
  const test::RawPeer peer([&](test::RawConnection& connection) { greet_then_be_busy(connection, files); });
  const ProbeResult result =
      probe(fmt::format("{{smtp: {{target: \"127.0.0.1:{}\", tls_config: {{ca_file: {}}}}}}}", peer.port(),
                        certificates.ca_file()));
  EXPECT_EQ(to_string(result.reason), "status") << result.detail;
  const std::vector<std::pair<std::string, int>> expected{{"banner", 220}, {"ehlo", 421}, {"starttls", 220}};
  EXPECT_EQ(std::get<SmtpFacts>(result.facts).reply_codes, expected);
}

/// Names come from a DNS server of the test's.
class NamedPeers : public ProberFixture {
 protected:
  NamedPeers() {
    names_.answer("three.example",
                  {{IpAddress::v4({127, 0, 0, 1}), IpAddress::v4({127, 0, 0, 2}), *IpAddress::parse("::1")}});
  }
  ProberServices services() override {
    return {loop_, postgres_loop_, named_, named_http_, timers_, mounts_, files_, random_, log_, policy_};
  }

  test::DnsPeer names_;
  Resolver named_{loop_, {.servers = {names_.endpoint()}}};
  CurlClient named_http_{loop_, named_};
};

TEST_F(NamedPeers, EveryProberTellsHowManyAddressesItsNameHas) {
  const test::LocalPeer web;
  const test::RedisServer redis;
  test::DnsPeer server;
  server.answer("x.example", {{IpAddress::v4({192, 0, 2, 1})}});
  const std::string redis_port = redis.target().substr(redis.target().rfind(':'));
  const std::vector<std::string> probers = {
      fmt::format("http: {{url: \"http://@:{}/\", ip: v4}}", web.port()),
      fmt::format("tcp: {{target: \"@:{}\"}}", web.port()),
      fmt::format("redis: {{target: \"@{}\"}}", redis_port),
      fmt::format("dns: {{server: \"@:{}\", name: x.example, source_address: 127.0.0.1}}",
                  server.endpoint().port),
      "icmp: {target: \"@\", packets: 1, source_address: 127.0.0.1}"};
  for (const std::string& prober : probers) {
    const ProbeResult named = probe("{" + replace_all(prober, "@", "three.example") + "}");
    EXPECT_TRUE(named.success) << prober << named.detail;
    ASSERT_TRUE(named.resolved) << prober;
    EXPECT_EQ(named.resolved->v4, 2U) << prober;
    EXPECT_EQ(named.resolved->v6, prober.starts_with("tcp") || prober.starts_with("redis") ? 1U : 0U)
        << prober;
    EXPECT_FALSE(probe("{" + replace_all(prober, "@", "127.0.0.1") + "}").resolved) << prober;
  }
}

TEST_F(ProberFixture, IcmpSendsFromItsSourceAddress) {
  const auto sent_from = [this](const std::string& source) {
    const ProbeResult result =
        probe(fmt::format("{{icmp: {{target: 127.0.0.1, packets: 1, source_address: \"{}\"}}}}", source));
    return result.success ? "ok" : result.detail;
  };
  EXPECT_EQ(sent_from("127.0.0.9"), "ok");
  EXPECT_EQ(sent_from("192.0.2.9"), "binding 192.0.2.9: Cannot assign requested address");
  EXPECT_EQ(sent_from("::1"), "127.0.0.1 is not of the wanted address family");
}

}  // namespace
}  // namespace picket::health
