#include "authd/address/client_address.h"

#include <gtest/gtest.h>

#include "authd/address/address_prefix.h"

namespace picket::authd {
namespace {

TrustedProxies proxies() {
  return TrustedProxies({Cidr::parse("10.0.0.0/8").value(), Cidr::parse("2001:db8:f::/48").value()}, true);
}

using Fields = std::vector<std::string>;

TEST(Attack24, TheClientIsTheRightmostHopThatIsNotOurs) {
  struct Row {
    const char* what;
    const char* peer;
    Fields fields;
    const char* client;
  };
  std::string two_hundred;
  for (int i = 0; i < 200; ++i) two_hundred += fmt::format("203.0.113.{}, ", i);
  std::string ours_only = "203.0.113.9";
  for (int i = 0; i < 200; ++i) ours_only += ", 10.0.0.1";
  const std::vector<Row> rows = {
      {"no field", "10.0.0.1", {}, "10.0.0.1"},
      {"one proxy", "10.0.0.1", {"192.0.2.1"}, "192.0.2.1"},
      {"spoofed through an appending proxy", "10.0.0.1", {"198.51.100.7, 192.0.2.1"}, "192.0.2.1"},
      {"spoofed as one of ours", "10.0.0.1", {"10.9.9.9, 192.0.2.1"}, "192.0.2.1"},
      {"two proxies", "10.0.0.1", {"198.51.100.7, 192.0.2.1, 10.0.0.2"}, "192.0.2.1"},
      {"two fields", "10.0.0.1", {"198.51.100.7, 192.0.2.1", "10.0.0.2"}, "192.0.2.1"},
      {"only proxies", "10.0.0.1", {"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
      {"a stranger's field counts for nothing", "192.0.2.50", {"198.51.100.7"}, "192.0.2.50"},
      {"stranger who names us", "192.0.2.50", {"10.0.0.1"}, "192.0.2.50"},
      {"port", "10.0.0.1", {"192.0.2.1:4711"}, "192.0.2.1"},
      {"IPv6", "10.0.0.1", {"2001:db8::7"}, "2001:db8::7"},
      {"IPv6 that ends like a port", "10.0.0.1", {"2001:db8::7:80"}, "2001:db8::7:80"},
      {"IPv6 in brackets with port", "10.0.0.1", {"[2001:db8::7]:4711"}, "2001:db8::7"},
      {"IPv6 proxy", "2001:db8:f::1", {"2001:db8::7"}, "2001:db8::7"},
      {"mapped client", "10.0.0.1", {"::ffff:192.0.2.1"}, "192.0.2.1"},
      {"mapped peer", "::ffff:10.0.0.1", {"192.0.2.1"}, "192.0.2.1"},
      {"mapped proxy in the middle", "10.0.0.1", {"192.0.2.1, ::ffff:10.0.0.2"}, "192.0.2.1"},
      {"unknown", "10.0.0.1", {"198.51.100.7, unknown"}, "10.0.0.1"},
      {"obfuscated", "10.0.0.1", {"198.51.100.7, _hidden, 10.0.0.2"}, "10.0.0.2"},
      {"empty hop", "10.0.0.1", {"198.51.100.7, ,10.0.0.2"}, "10.0.0.2"},
      {"empty field", "10.0.0.1", {""}, "10.0.0.1"},
      {"rubbish", "10.0.0.1", {"<script>, 1.2.3, 999.1.1.1"}, "10.0.0.1"},
      {"bad port", "10.0.0.1", {"192.0.2.1:x"}, "10.0.0.1"},
      {"blanks", "10.0.0.1", {"198.51.100.7 ,\t192.0.2.1 "}, "192.0.2.1"},
      {"200 entries", "10.0.0.1", {two_hundred + "192.0.2.1"}, "192.0.2.1"},
      {"200 proxies are not walked", "10.0.0.1", {ours_only}, "10.0.0.1"},
      {"unix socket", "unix", {"192.0.2.1"}, "192.0.2.1"},
      {"unix socket alone", "unix", {}, "127.0.0.1"}};
  for (const Row& row : rows) {
    EXPECT_EQ(proxies().origin_of(row.peer, row.fields).address.text(), row.client) << row.what;
  }
}

TEST(Attack24, WithoutTrustedProxiesTheFieldIsNotRead) {
  const TrustedProxies nobody;
  EXPECT_EQ(nobody.origin_of("10.0.0.1", Fields{"192.0.2.1"}).address.text(), "10.0.0.1");
  EXPECT_EQ(nobody.origin_of("unix", Fields{"192.0.2.1"}).address.text(), "127.0.0.1");
  EXPECT_FALSE(nobody.trusts_peer("10.0.0.1"));
  EXPECT_TRUE(proxies().trusts_peer("::ffff:10.0.0.1"));
  EXPECT_FALSE(proxies().trusts_peer("11.0.0.1"));
}

struct Sample {
  TrustedProxies proxies;
};
void read_yaml(MapReader& r, Sample& sample) {
  r.read("trusted_proxies", sample.proxies);
}

TEST(TrustedProxies, AreReadFromTheConfiguration) {
  const RealFiles files;
  const auto config = parse_config<Sample>("trusted_proxies: [10.0.0.0/8, unix, '::1']", "authd.yml", files);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_TRUE(config->proxies.trusts_peer("10.1.2.3"));
  EXPECT_TRUE(config->proxies.trusts_peer("unix"));
  EXPECT_TRUE(config->proxies.trusts_peer("::1"));
  EXPECT_FALSE(config->proxies.trusts_peer("192.0.2.1"));
  const auto wrong = parse_config<Sample>("trusted_proxies: [10.0.0.0/8, nginx]", "authd.yml", files);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message,
            "authd.yml:1:31: trusted_proxies[1]: \"nginx\" is not a network such as 10.0.0.0/8");
}

TEST(Attack25, AnIpv6ClientIsItsNetworkAndAnIpv4ClientItself) {
  const std::vector<std::pair<const char*, const char*>> rows = {
      {"192.0.2.1", "192.0.2.1/32"},
      {"::ffff:192.0.2.1", "192.0.2.1/32"},
      {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
      {"2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"},
      {"2001:db8:1:3::", "2001:db8:1:3::/64"}};
  for (const auto& [address, network] : rows) {
    EXPECT_EQ(client_network(IpAddress::parse(address).value()).text(), network) << address;
  }
  const IpAddress v4 = IpAddress::parse("255.255.255.255").value();
  EXPECT_EQ(network_of(v4, 0).text(), "0.0.0.0/0");
  EXPECT_EQ(network_of(v4, 13).text(), "255.248.0.0/13");
  EXPECT_EQ(network_of(v4, 99).text(), "255.255.255.255/32");
}

TEST(AddressPrefix, ANetworkReachesPrivateOnesFromWithinAndFromAround) {
  for (const char* text : {"10.0.0.0/8", "10.1.2.3", "172.0.0.0/8", "172.16.0.0/13", "100.0.0.0/8", "::/16",
                           "fe80::/16", "f800::/5", "fd00::1"})
    EXPECT_TRUE(reaches_private(Cidr::parse(text).value())) << text;
  for (const char* text : {"192.0.2.0/24", "172.0.0.0/12", "172.32.0.0/11", "100.128.0.0/9", "2001:db8::/32"})
    EXPECT_FALSE(reaches_private(Cidr::parse(text).value())) << text;
}

}  // namespace
}  // namespace picket::authd
