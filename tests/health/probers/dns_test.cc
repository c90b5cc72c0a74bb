// The dns prober against servers of the test's own, and its messages against hostile bytes.
#include <fmt/format.h>

#include "base/text/encoding.h"
#include "exporters/health/blackbox/probe_endpoint.h"
#include "exporters/health/probers/dns_message.h"
#include "exporters/health/probers/dns_prober.h"
#include "tests/health/probers/prober_fixture.h"
#include "tests/net/dns_peer.h"
#include "tests/support/free_port.h"

namespace picket::health {
namespace {

namespace test = picket::test;

/// An answer to example.org A: 192.0.2.1, its name compressed.
std::string sample_reply(std::string_view flags) {
  return *hex_decode("abcd" + std::string(flags) + "0001000100000000" + "076578616d706c65036f7267" + "00" +
                     "00010001" + "c00c" + "00010001" + "0000012c" + "0004" + "c0000201");
}

TEST(DnsMessage, RoundTripsAQuestion) {
  const Result<std::string> question = encode_question({.id = 0xabcd, .name = "example.org", .type = 1});
  ASSERT_TRUE(question);
  EXPECT_EQ(hex_encode(*question), "abcd01000001000000000000076578616d706c65036f72670000010001");
  EXPECT_FALSE(encode_question({.name = "a..b"}));
  EXPECT_FALSE(encode_question({.name = std::string(64, 'x')}));
  EXPECT_TRUE(encode_question({.name = "."}));
}

TEST(DnsMessage, ReadsRecordsAsAZoneFileWritesThem) {
  const Result<DnsReply> reply = decode_reply(sample_reply("8180"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->rcode, 0);
  ASSERT_EQ(reply->answer.size(), 1U);
  EXPECT_EQ(reply->answer[0].text, "example.org.\t300\tIN\tA\t192.0.2.1");
}

TEST(DnsMessage, RefusesWhatIsCutAtAnyByte) {
  const std::string whole = sample_reply("8180");
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(decode_reply(whole.substr(0, size))) << size;
}

TEST(DnsMessage, RefusesPointersThatGoRoundInCircles) {
  const std::string loop = *hex_decode("abcd81800001000000000000c00c00010001");
  EXPECT_FALSE(decode_reply(loop));
}

TEST(DnsJudging, LooksAtRcodeAndRecords) {
  const DnsReply fine = *decode_reply(sample_reply("8180"));
  const DnsReply gone = *decode_reply(sample_reply("8183"));
  DnsProbeConfig config;
  const auto outcome = [&config](const DnsReply& reply) {
    ProbeResult result;
    judge(config, reply, "192.0.2.53:53", result);
    return result.success ? "ok" : std::string(to_string(result.reason));
  };
  EXPECT_EQ(outcome(fine), "ok");
  EXPECT_EQ(outcome(gone), "status");
  config.valid_rcodes = {3};
  EXPECT_EQ(outcome(gone), "ok");
  config = {};
  config.expect = {"192.0.2.1"};
  EXPECT_EQ(outcome(fine), "ok");
  config.expect = {"192.0.2.2"};
  EXPECT_EQ(outcome(fine), "content");
  config = {};
  config.answer.fail_if_matches = {*Regex::compile("192\\.0\\.2\\.1$")};
  EXPECT_EQ(outcome(fine), "content");
}

TEST(DnsTypes, AreReadByNameAndByNumber) {
  for (const auto& [text, type] : std::vector<std::pair<std::string, std::uint16_t>>{
           {"mx", 15}, {"15", 15}, {"TYPE52", 52}, {"type65535", 65535}}) {
    const Result<std::uint16_t> parsed = parse_dns_type(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(*parsed, type) << text;
  }
  for (const char* wrong : {"", "0", "65536", "-1", "TYPE", "TYPEx", "MXX"})
    EXPECT_FALSE(parse_dns_type(wrong)) << wrong;
}

TEST_F(ProberFixture, DnsAsksForATypeByNumber) {
  test::DnsPeer server;
  server.answer("three.example", {{IpAddress::v4({192, 0, 2, 1}), *IpAddress::parse("2001:db8::1")}});
  const std::string yaml =
      fmt::format("{{dns: {{server: \"{}\", name: three.example, type: 28, expect: [\"2001:db8::1\"]}}}}",
                  server.endpoint().text());
  const ProbeResult result = probe(yaml);
  EXPECT_TRUE(result.success) << result.detail;
}

TEST_F(ProberFixture, DnsOverUdpToAClosedPortFailsAtOnce) {
  const ProbeResult result =
      probe(fmt::format("{{dns: {{server: \"127.0.0.1:{}\", name: example.org}}}}", test::free_port()));
  EXPECT_EQ(to_string(result.reason), "connect") << result.detail;
  EXPECT_NE(result.detail.find("refused"), std::string::npos) << result.detail;
}

TEST_F(ProberFixture, DnsAsksFromItsSourceAddress) {
  test::DnsPeer server;
  server.answer("one.example", {{IpAddress::v4({192, 0, 2, 1})}});
  const auto asked_from = [&](const std::string& source) {
    return probe(fmt::format("{{dns: {{server: \"{}\", name: one.example, source_address: \"{}\"}}}}",
                             server.endpoint().text(), source));
  };
  EXPECT_TRUE(asked_from("127.0.0.9").success);
  EXPECT_EQ(server.last_asker(), 0x7f000009U);
  EXPECT_EQ(to_string(asked_from("192.0.2.9").reason), "internal");
  EXPECT_EQ(to_string(asked_from("::1").reason), "resolve");
}

class SeveralServers : public ProberFixture {
 protected:
  static std::string soa(char serial) {
    return test::dns_record(6, std::string("\0\0\0\0\0", 5) + serial + std::string(16, '\0'));
  }
  static test::DnsAnswer address(std::uint8_t last) { return {{IpAddress::v4({192, 0, 2, last})}}; }
  std::string two(const std::string& more = "") const {
    return fmt::format("{{dns: {{servers: [\"{}\", \"{}\"], name: x.example{}}}}}", one_.endpoint().text(),
                       other_.endpoint().text(), more);
  }
  static std::optional<bool> consistent(const ProbeResult& result) {
    const auto* const facts = std::get_if<DnsFacts>(&result.facts);
    return facts == nullptr ? std::nullopt : facts->answers_consistent;
  }

  test::DnsPeer one_, other_;
};

TEST_F(SeveralServers, AreComparedWhateverTheOrderOfRecords) {
  one_.answer("x.example", {{IpAddress::v4({192, 0, 2, 1}), IpAddress::v4({192, 0, 2, 2})}});
  other_.answer("x.example", {{IpAddress::v4({192, 0, 2, 2}), IpAddress::v4({192, 0, 2, 1})}});
  const ProbeResult same = probe(two());
  EXPECT_TRUE(same.success && !same.degraded) << same.detail;
  EXPECT_EQ(consistent(same), true);
  other_.answer("x.example", address(3));
  const ProbeResult differ = probe(two());
  EXPECT_TRUE(differ.success && differ.degraded) << differ.detail;
  EXPECT_EQ(differ.detail, "the servers give different answers");
  EXPECT_EQ(consistent(differ), false);
}

TEST_F(SeveralServers, SucceedWhileOneAnswersAsWanted) {
  one_.answer("x.example", {{}, 2, false});
  other_.answer("x.example", address(1));
  const ProbeResult half = probe(two());
  EXPECT_TRUE(half.success && half.degraded);
  EXPECT_EQ(half.detail, one_.endpoint().text() + ": the server answered SERVFAIL");
  EXPECT_EQ(consistent(half), false);
  EXPECT_EQ(std::get<DnsFacts>(half.facts).rcode, 0);
  other_.answer("x.example", {{}, 2, false});
  const ProbeResult none = probe(two());
  EXPECT_EQ(to_string(none.reason), "status");
  EXPECT_NE(none.detail.find(other_.endpoint().text()), std::string::npos) << none.detail;
  one_.answer("x.example", {{}, 0, true});
  EXPECT_EQ(consistent(probe(two(), std::chrono::milliseconds(200))), std::nullopt)
      << "one answer cannot be compared";
}

TEST_F(SeveralServers, EachShowOneSerial) {
  one_.answer("x.example", {{}, 0, false, {soa(7), soa(7)}});
  other_.answer("x.example", {{}, 0, false, {soa(8)}});
  const ProbeResult result = probe(two(", type: SOA"));
  EXPECT_TRUE(result.degraded);
  const auto& serials = std::get<DnsFacts>(result.facts).soa_serials;
  ASSERT_EQ(serials.size(), 2U);
  EXPECT_EQ(serials[0].server, one_.endpoint().text());
  EXPECT_EQ(serials[0].serial, 7U);
  EXPECT_EQ(serials[1].serial, 8U);
}

TEST_F(SeveralServers, AreReadStrictly) {
  EXPECT_EQ(problems_of("{dns: {servers: [192.0.2.1, \"ns.example:5353\"], name: x}}"), "");
  for (const auto& [yaml, expected] : std::vector<std::pair<std::string, std::string>>{
           {"{dns: {servers: [], name: x}}", "must be 1 to 16 servers"},
           {"{dns: {servers: [ns, \"ns:53\"], name: x}}", "must not name one twice"},
           {"{dns: {servers: [ns], server: ns, name: x}}", "must not be given beside server"},
           {"{dns: {servers: [\"a:b:c\"], name: x}}", "prober.dns.servers"},
           {"{dns: {name: x}}", "prober.dns.server: is required"}}) {
    EXPECT_NE(problems_of(yaml).find(expected), std::string::npos) << yaml << " gave " << problems_of(yaml);
  }
}

TEST(ProbeTimeout, LeavesTimeForTheScrapeAndStaysWithinItsLimits) {
  const auto timeout = [](const char* header, int module_seconds) {
    const std::string text = header == nullptr ? "" : header;
    return seconds(*probe_timeout(header == nullptr ? nullptr : &text, std::chrono::seconds(module_seconds)));
  };
  EXPECT_DOUBLE_EQ(timeout("10", 0), 9.5);
  EXPECT_DOUBLE_EQ(timeout("10", 5), 5);
  EXPECT_DOUBLE_EQ(timeout("0.2", 0), 0.1);
  EXPECT_DOUBLE_EQ(timeout(nullptr, 0), 120);
  for (const char* extreme : {"", "-1", "-1e300", "0", "1e9", "1e300", "Inf", "-Inf"}) {
    EXPECT_GT(timeout(extreme, 0), 0) << extreme;
    EXPECT_LE(timeout(extreme, 0), 120) << extreme;
  }
  EXPECT_DOUBLE_EQ(timeout("-1", 5), 5);
}

// blackbox_exporter 0.24: "Failed to parse timeout from Prometheus header".
TEST(ProbeTimeout, RefusesWhatIsNotANumber) {
  for (const std::string text : {"abc", "nan", "NaN", "10s", "1,5", " ", "0x"}) {
    const Result<Duration> timeout = probe_timeout(&text, std::chrono::seconds(5));
    ASSERT_FALSE(timeout) << text;
    EXPECT_EQ(timeout.error().message, "X-Prometheus-Scrape-Timeout-Seconds must be a number of seconds");
  }
}

}  // namespace
}  // namespace picket::health
