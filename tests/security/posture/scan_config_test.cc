#include "exporters/security/posture/scan_config.h"

#include <gtest/gtest.h>

#include "tests/support/certificates.h"

namespace picket::security {
namespace {

using namespace std::chrono_literals;

struct Scans {
  std::vector<ScanConfig> scans;
};
void read_yaml(MapReader& r, Scans& s) {
  s.scans = read_scans(r);
}

Result<Scans> parse(const std::string& text) {
  const RealFiles files;
  return parse_config<Scans>(text, "security.yml", files);
}

TEST(ScanConfig, NeedsATargetAlone) {
  const Result<Scans> read = parse("scans: [{target: \"https://a.example:443\", interval: 1h}]\n");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->scans.size(), 1U);
  const ScanConfig& scan = read->scans.front();
  EXPECT_EQ(scan.label(), "https://a.example:443");
  EXPECT_EQ(scan.interval, 1h);
  EXPECT_EQ(scan.plain_http_url(), "http://a.example/");
  EXPECT_TRUE(parse("").value().scans.empty());
  EXPECT_TRUE(parse("scans:\n").value().scans.empty());
}

TEST(ScanConfig, ReadsEveryKey) {
  const test::Certificates certificates;
  const Result<Scans> read = parse(R"(
scans:
  - target: https://[::1]:8443/app
    interval: 2h
    timeout: 90s
    ca_file: )" + certificates.ca_file() +
                                   R"(
    http: http://localhost:8080/
    tls: {min_version: TLS13, min_rsa_bits: 3072, min_ec_bits: 256, warn_before: 7d}
    headers: {hsts_max_age: 30d}
    expect: [{check: header-csp, reason: an old page}]
    addresses: {allow: [169.254.0.0/16], deny: [10.0.0.0/8]}
)");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  const ScanConfig& scan = read->scans.front();
  EXPECT_EQ(scan.plain_http_url(), "http://localhost:8080/");
  EXPECT_EQ(scan.tls.min_version, TlsVersion::Tls13);
  EXPECT_EQ(scan.tls.min_rsa_bits, 3072);
  EXPECT_EQ(scan.headers.hsts_max_age, 24h * 30);
  ASSERT_EQ(scan.expect.size(), 1U);
  EXPECT_FALSE(scan.addresses.check(IpAddress::parse("10.1.2.3").value()).has_value());
  EXPECT_TRUE(scan.addresses.check(IpAddress::parse("169.254.1.1").value()).has_value());
  EXPECT_FALSE(scan.addresses.check(IpAddress::parse("224.0.0.1").value()).has_value());  // by default
}

TEST(ScanConfig, SaysWhatIsWrong) {
  const std::pair<const char*, const char*> rows[] = {
      {"scans: [{}]", "target"},
      {"scans: [{target: \"\"}]", "must not be empty"},
      {"scans: [{target: ftp://a.example}]", "scans[0].target"},
      {"scans: [{target: https://u:p@a.example}]", "must not hold a credential"},
      {"scans: [{target: \"https://a.example/?x=1\"}]", "must not hold a query"},
      {"scans: [{target: https://a.example, interval: 1s}]", "between 1m and 30d"},
      {"scans: [{target: https://a.example, timeout: 1h}]", "between 1s and 10m"},
      {"scans: [{target: https://a.example, interval: 1m, timeout: 2m}]", "not be longer than the interval"},
      {"scans: [{target: https://a.example, http: https://a.example}]", "scans[0].http"},
      {"scans: [{target: https://a.example, ca_file: /nonexistent/ca.pem}]", "ca_file"},
      {"scans: [{target: https://a.example, tls: {min_version: TLS9}}]", "min_version"},
      {"scans: [{target: https://a.example, tls: {min_rsa_bits: 512}}]", "between 1024 and 16384"},
      {"scans: [{target: https://a.example, expect: [{check: header-cps, reason: x}]}]", "there is no check"},
      {"scans: [{target: https://a.example, expect: [{check: header-csp}]}]", "reason"},
      {"scans: [{target: https://a.example, addresses: {deny: [10.0.0.0/99]}}]", "deny"},
      {"scans: [{target: https://a.example}, {target: https://a.example}]", "stands twice"},
      {"scans: [{target: https://a.example, intervall: 1h}]", "interval"},
  };
  for (const auto& [text, complaint] : rows) {
    const Result<Scans> read = parse(text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_NE(read.error().message.find(complaint), std::string::npos) << text << "\n"
                                                                       << read.error().message;
  }
  std::string many = "scans:\n";
  for (int i = 0; i < 201; ++i) many += "  - target: https://h" + std::to_string(i) + ".example\n";
  EXPECT_FALSE(parse(many).has_value());
}

}  // namespace
}  // namespace picket::security
