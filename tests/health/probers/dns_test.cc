// The dns prober against a server of the test's own, and its messages against hostile bytes.
#include "base/text/encoding.h"
#include "exporters/health/blackbox/probe_endpoint.h"
#include "exporters/health/probers/dns_message.h"
#include "exporters/health/probers/dns_prober.h"
#include "tests/health/probers/prober_fixture.h"

namespace picket::health {
namespace {

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
    judge(config, reply, result);
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

TEST(ProbeTimeout, LeavesTimeForTheScrapeAndBearsNonsense) {
  const auto timeout = [](const char* header, int module_seconds) {
    const std::string text = header == nullptr ? "" : header;
    return seconds(probe_timeout(header == nullptr ? nullptr : &text, std::chrono::seconds(module_seconds)));
  };
  EXPECT_DOUBLE_EQ(timeout("10", 0), 9.5);
  EXPECT_DOUBLE_EQ(timeout("10", 5), 5);
  EXPECT_DOUBLE_EQ(timeout("0.2", 0), 0.1);
  EXPECT_DOUBLE_EQ(timeout(nullptr, 0), 120);
  for (const char* nonsense : {"", "x", "-1", "0", "NaN", "1e9", "Inf"}) {
    EXPECT_GT(timeout(nonsense, 0), 0) << nonsense;
    EXPECT_LE(timeout(nonsense, 0), 120) << nonsense;
  }
}

TEST(BlackboxModules, AreReadAsBlackboxExporterWritesThem) {
  const RealFiles files;
  const auto read = [&files](const std::string& text) {
    return parse_config<Module>(text, "blackbox.yml", files);
  };
  EXPECT_TRUE(
      read("prober: http\ntimeout: 5s\nhttp: {valid_status_codes: [200, 301], method: HEAD, fail_if_not_ssl: "
           "true}\n"));
  EXPECT_TRUE(read("prober: tcp\ntcp: {query_response: [{expect: '^220'}, {send: 'EHLO x'}], tls: false}\n"));
  EXPECT_TRUE(
      read("prober: dns\ndns: {query_name: example.org, validate_answer_rrs: {fail_if_not_matches_regexp: "
           "['A']}}\n"));
  EXPECT_TRUE(read("prober: icmp\n"));
  const Result<Module> wrong = read("prober: grpc\n");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message,
            "blackbox.yml:1:9: prober: \"grpc\" is not supported; http, tcp, dns and icmp are");
  EXPECT_FALSE(read("prober: http\nhttp: {valid_status_code: [200]}\n"));
}

}  // namespace
}  // namespace picket::health
