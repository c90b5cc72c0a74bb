// Every prober against the real thing, well and ill.
#include <fmt/format.h>

#include "base/net/datagram.h"
#include "exporters/health/probers/filesystem_prober.h"
#include "exporters/health/probers/mount_table.h"
#include "exporters/health/probers/redis_prober.h"
#include "exporters/health/probers/system_prober.h"
#include "tests/health/probers/prober_fixture.h"
#include "tests/support/certificates.h"
#include "tests/support/free_port.h"
#include "tests/support/peer_server.h"
#include "tests/support/postgres_server.h"
#include "tests/support/redis_server.h"
#include "tests/support/smtp_server.h"

namespace picket::health {
namespace {

using Probers = ProberFixture;

TEST_F(Probers, HttpLooksAtStatusBodyJsonAndHeaders) {
  const test::LocalPeer peer([](const test::PeerRequest& request) {
    test::PeerAnswer answer;
    if (request.path == "/missing") answer.status = 404;
    if (request.path == "/away") {
      answer.status = 302;
      answer.headers.emplace("Location", "/ok");
    }
    if (request.path == "/meta") {
      answer.status = 302;
      answer.headers.emplace("Location", "http://169.254.169.254/latest/");
    }
    answer.body = R"({"status": "ok", "checks": [{"name": "db"}]})";
    if (request.path == "/deep") answer.body = std::string(100'000, '[');  // once the end of the daemon
    if (request.path == "/closed") answer.body = std::string(100'000, '[') + std::string(100'000, ']');
    return answer;
  });
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"url: \"@/ok\"", "ok"},
      {"url: \"@/missing\"", "status"},
      {"url: \"@/missing\", status: [2xx, 404]", "ok"},
      {"url: \"@/away\"", "ok"},
      {"url: \"@/away\", follow_redirects: false", "status"},
      {"url: \"@/meta\"", "policy"},
      {"url: \"@/ok\", body_matches: [\"chec+ks\"]", "ok"},
      {"url: \"@/ok\", body_not_matches: [status]", "content"},
      {"url: \"@/ok\", json: [{pointer: /status, equals: ok}, {pointer: /checks/0/name, matches: ^d}]", "ok"},
      {"url: \"@/ok\", json: [{pointer: /status, equals: bad}]", "content"},
      {"url: \"@/ok\", json: [{pointer: /checks/x/name}]", "content"},
      {"url: \"@/deep\", json: [{pointer: /status}]", "content"},
      {"url: \"@/closed\", json: [{pointer: /0/0/0, equals: x}]", "content"},
      {"url: \"http://127.0.0.1:1/\"", "connect"},
      {"url: \"http://169.254.169.254/\"", "policy"},
      {"url: \"http://name.invalid/\"", "resolve"},
  };
  for (const auto& [yaml, expected] : cases) {
    std::string text = "{http: {" + yaml + "}}";
    if (const std::size_t at = text.find('@'); at != std::string::npos) text.replace(at, 1, peer.url());
    const ProbeResult result = probe(text);
    EXPECT_EQ(outcome(result), expected) << text << ": " << result.detail;
  }
}

TEST_F(Probers, HttpSendsCredentialsAndShowsNone) {
  const test::LocalPeer peer;
  const std::string url = fmt::format("http://user:pa%24s@127.0.0.1:{}/x", peer.port());
  const ProbeResult result = probe("{http: {url: \"" + url + "\"}}");
  EXPECT_TRUE(result.success) << result.detail;
  EXPECT_EQ(peer.requests().at(0).header("Authorization"), "Basic dXNlcjpwYSRz");
  EXPECT_TRUE(result.phases[static_cast<std::size_t>(Phase::Connect)]);
}

TEST_F(Probers, TlsTellsBadCertificatesFromBrokenHandshakes) {
  test::Certificates certificates;
  struct Case {
    test::CertificateFiles files;
    std::string expected;
  };
  for (const Case& c : std::vector<Case>{{certificates.server(), "ok"},
                                         {certificates.expired(), "cert"},
                                         {certificates.wrong_name(), "cert"},
                                         {certificates.self_signed(), "cert"}}) {
    const test::LocalPeer peer({.cert_file = c.files.cert, .key_file = c.files.key}, {});
    const std::string yaml = fmt::format("{{tls: {{target: \"127.0.0.1:{}\", tls_config: {{ca_file: {}}}}}}}",
                                         peer.port(), certificates.ca_file());
    const ProbeResult result = probe(yaml);
    EXPECT_EQ(outcome(result), c.expected) << result.detail;
    ASSERT_TRUE(result.tls);
    EXPECT_FALSE(result.tls->served.empty()) << "the expiry shows also when verification fails";
  }
  const test::LocalPeer plain;
  EXPECT_EQ(outcome(probe(fmt::format("{{tls: {{target: \"127.0.0.1:{}\"}}}}", plain.port()))), "tls");
}

TEST_F(Probers, TlsWarnsBeforeTheCertificateEnds) {
  test::Certificates certificates;
  const test::CertificateFiles soon = certificates.issue({.ends = std::chrono::hours(24)});
  const test::LocalPeer peer({.cert_file = soon.cert, .key_file = soon.key}, {});
  const ProbeResult result =
      probe(fmt::format("{{tls: {{target: \"127.0.0.1:{}\", tls_config: {{ca_file: {}}}}}}}", peer.port(),
                        certificates.ca_file()));
  EXPECT_EQ(outcome(result), "degraded");
  EXPECT_EQ(to_string(result.reason), "cert");
  EXPECT_EQ(result.detail, "the certificate ends in 23h");
}

TEST_F(Probers, RedisAnswersPingAndInfoAndDies) {
  test::RedisServer redis({"--requirepass", "hidden"});
  const std::string target = redis.target();
  EXPECT_EQ(outcome(probe("{redis: {target: \"" + target + "\"}}")), "auth");
  EXPECT_EQ(outcome(probe("{redis: {target: \"" + target + "\", password: wrong}}")), "auth");
  const ProbeResult well = probe("{redis: {target: \"" + target + "\", password: hidden}}");
  EXPECT_EQ(outcome(well), "ok") << well.detail;
  const RedisFacts& facts = std::get<RedisFacts>(well.facts);
  EXPECT_EQ(facts.role, "master");
  EXPECT_GT(facts.used_memory_bytes.value_or(0), 0U);
  redis.stop();
  EXPECT_EQ(outcome(probe("{redis: {target: \"" + target + "\", password: hidden}}")), "connect");
}

TEST_F(Probers, RedisIsUpForAUserWhoMayOnlyPing) {
  const test::RedisServer redis(
      {"--user", "pinger", "on", ">pw", "-@all", "+ping", "--user", "mute", "on", ">pw", "-@all"});
  const auto check_of = [&redis](const std::string& user) {
    return fmt::format("{{redis: {{target: \"{}\", username: {}, password: pw}}}}", redis.target(), user);
  };
  const ProbeResult pinger = probe(check_of("pinger"));
  EXPECT_EQ(outcome(pinger), "ok") << pinger.detail;
  EXPECT_NE(pinger.detail.find("INFO"), std::string::npos) << pinger.detail;
  EXPECT_TRUE(std::holds_alternative<std::monostate>(pinger.facts)) << "no series without a value";
  EXPECT_EQ(outcome(probe(check_of("mute"))), "auth");
  const test::RedisServer renamed({"--rename-command", "INFO", ""});
  EXPECT_EQ(outcome(probe("{redis: {target: \"" + renamed.target() + "\"}}")), "ok");
}

TEST(RedisInfo, PassesOverWhatItDoesNotKnow) {
  const RedisFacts facts = parse_redis_info(
      "# Server\r\nrole:slave\r\nmaster_link_status:down\r\nused_memory:x\r\nbroken\r\nmaxmemory:0\r\n");
  EXPECT_EQ(facts.role, "slave");
  EXPECT_EQ(facts.master_link_up, false);
  EXPECT_FALSE(facts.used_memory_bytes);
  EXPECT_EQ(facts.max_memory_bytes, 0U);
  EXPECT_EQ(parse_redis_info("role:" + std::string(1'000'000, 'x')).role, "") << "it becomes a label";
}

TEST_F(Probers, SmtpGreetsAndUsesStarttls) {
  const test::SmtpServer plain;
  const ProbeResult result = probe("{smtp: {target: \"" + plain.target() + "\"}}");
  EXPECT_EQ(outcome(result), "ok") << result.detail;
  EXPECT_EQ(std::get<SmtpFacts>(result.facts).starttls_offered, false);
  EXPECT_EQ(std::get<SmtpFacts>(result.facts).reply_codes.at(0).second, 220);
  EXPECT_EQ(outcome(probe("{smtp: {target: \"" + plain.target() + "\", starttls: required}}")), "tls");
  const test::LocalPeer web;
  EXPECT_NE(outcome(probe(fmt::format("{{smtp: {{target: \"127.0.0.1:{}\"}}}}", web.port()),
                          std::chrono::milliseconds(300))),
            "ok");
}

TEST_F(Probers, PostgresRunsAQueryAndReadsStatistics) {
  const test::PostgresServer& postgres = test::PostgresServer::shared();
  const std::string dsn = postgres.dsn();
  const ProbeResult result = probe("{postgres: {dsn: \"" + dsn + "\"}}");
  EXPECT_EQ(outcome(result), "ok") << result.detail;
  const PostgresFacts& facts = std::get<PostgresFacts>(result.facts);
  EXPECT_GT(facts.max_connections.value_or(0), 0U);
  EXPECT_EQ(facts.in_recovery, false);
  EXPECT_EQ(outcome(probe("{postgres: {dsn: \"" + dsn + "\", query: \"SELECT 2\", min_value: 3}}")),
            "content");
  EXPECT_EQ(outcome(probe("{postgres: {dsn: \"" + dsn + "\", query: \"SELEC\"}}")), "content");
  EXPECT_EQ(outcome(probe("{postgres: {dsn: \"" + dsn + "\", query: \"SELECT pg_sleep(30)\"}}",
                          std::chrono::milliseconds(400))),
            "timeout");
  EXPECT_EQ(outcome(probe(
                fmt::format("{{postgres: {{dsn: \"postgresql://x@127.0.0.1:{}/x\"}}}}", test::free_port()))),
            "connect");
}

TEST_F(Probers, TcpWalksThroughADialogue) {
  const test::RedisServer redis;
  const std::string yaml =
      "{tcp: {target: \"" + redis.target() +
      "\", query_response: [{send: PING}, {expect: \"^\\\\+PO(.*)\"}, {send: \"ECHO ${1}\"}, {expect: NG}]}}";
  const ProbeResult result = probe(yaml);
  EXPECT_EQ(outcome(result), "ok") << result.detail;
  EXPECT_EQ(outcome(probe("{tcp: {target: \"" + redis.target() + "\", query_response: [{expect: never}]}}",
                          std::chrono::milliseconds(200))),
            "timeout");
}

TEST_F(Probers, IcmpCountsReplies) {
  const ProbeResult result = probe("{icmp: {target: 127.0.0.1, packets: 3, spacing: 1ms}}");
  ASSERT_EQ(outcome(result), "ok") << result.detail;
  EXPECT_EQ(std::get<IcmpFacts>(result.facts).received, 3U);
  EXPECT_EQ(std::get<IcmpFacts>(result.facts).round_trips.size(), 3U);
}

TEST_F(Probers, FilesystemSeesTheMountAndTheCanary) {
  const ProbeResult result =
      probe("{filesystem: {path: /tmp, canary: true, min_free_ratio: 0, down_free_ratio: 0}}");
  ASSERT_TRUE(result.success) << result.detail;
  const FilesystemFacts& facts = std::get<FilesystemFacts>(result.facts);
  EXPECT_GT(facts.size_bytes, 0U);
  EXPECT_TRUE(facts.canary);
  EXPECT_FALSE(facts.mountpoint.empty());
  EXPECT_EQ(outcome(probe("{filesystem: {path: /not/there}}")), "content");
}

TEST(Mounts, AreFoundByTheirLongestPrefix) {
  const std::string mounts =
      "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/a rw\n"
      "22 21 8:2 / /var rw - ext4 /dev/b rw\n"
      "23 22 8:3 /x /var/li\\040b rw shared:2 master:3 - xfs /dev/c rw\n"
      "broken\n";
  EXPECT_EQ(find_mount(mounts, "/var/lib").device, "/dev/b");
  EXPECT_EQ(find_mount(mounts, "/var/li b/x").fstype, "xfs");
  EXPECT_EQ(find_mount(mounts, "/var/li b/x").id, 23U);
  EXPECT_EQ(find_mount(mounts, "/variable").device, "/dev/a");
}

TEST_F(Probers, SystemReadsThisMachine) {
  const ProbeResult result = probe("{system: {min_memory_ratio: 0}}");
  ASSERT_TRUE(result.success) << result.detail;
  EXPECT_GT(std::get<SystemFacts>(result.facts).cpus, 0U);
  EXPECT_EQ(outcome(probe("{system: {proc: /not/there}}")), "internal");
}

TEST_F(Probers, ReadTheirSettingsStrictly) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{redis: {target: nowhere}}", "prober.redis.target"},
      {"{http: {url: \"ftp://x\"}}", "prober.http.url: must be an http:// or https:// URL"},
      {"{http: {url: \"http://x:99999/\"}}", "prober.http.url: malformed URL"},
      {"{http: {url: \"http://x\", status: [700]}}", "prober.http.status[0]: must be a status"},
      {"{http: {url: \"http://x\", json: [{pointer: status}]}}", "JSON pointer"},
      {"{dns: {server: 127.0.0.1, name: x, type: B}}", "prober.dns.type: must be one of"},
      {"{icmp: {target: x, packets: 0}}", "must be from 1 to 100"},
      {"{filesystem: {path: tmp}}", "must be an absolute path"},
      {"{postgres: {dsn: \"postgresql://%zz\"}}", "prober.postgres.dsn"},
      {"{redsi: {}}", "did you mean \"redis\"?"},
      {"{system: {}, tcp: {target: \"x:1\"}}", "exactly one key"},
  };
  for (const auto& [yaml, expected] : cases)
    EXPECT_NE(problems_of(yaml).find(expected), std::string::npos) << yaml << " gave " << problems_of(yaml);
}

}  // namespace
}  // namespace picket::health
