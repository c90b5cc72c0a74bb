#include <gtest/gtest.h>

#include "base/net/address_policy.h"
#include "base/net/ip_address.h"
#include "base/net/tls.h"
#include "tests/net/ip.h"

namespace picket {
namespace {

TEST(IpAddress, PrintsWhatItParsed) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"192.0.2.1", "192.0.2.1"},
      {"0.0.0.0", "0.0.0.0"},
      {"2001:DB8::1", "2001:db8::1"},
      {"[::1]", "::1"},
      {"::", "::"},
      {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
      {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
  };
  for (const auto& [text, printed] : rows) EXPECT_EQ(ip(text).text(), printed);
}

TEST(IpAddress, RefusesWhatIsNotAnAddress) {
  for (const std::string_view text :
       {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4x", "[1.2.3.4]", "::1%lo", "[::1", "localhost",
        "1.2.3.4 ", "1:2:3:4:5:6:7:8:9", "0x7f.0.0.1", "2130706433"}) {
    EXPECT_FALSE(IpAddress::parse(text).has_value()) << text;
  }
  EXPECT_FALSE(IpAddress::parse(std::string_view("1.2.3.4\0", 8)).has_value());
}

TEST(IpAddress, UnmapsOnlyMappedAddresses) {
  EXPECT_EQ(ip("::ffff:10.1.2.3").unmapped(), ip("10.1.2.3"));
  EXPECT_EQ(ip("::10.1.2.3").unmapped(), ip("::10.1.2.3"));
  EXPECT_EQ(ip("10.1.2.3").unmapped(), ip("10.1.2.3"));
}

TEST(Cidr, ContainsWhatSharesItsPrefix) {
  struct Row {
    std::string_view network, address;
    bool inside;
  };
  const Row rows[] = {
      {"10.0.0.0/8", "10.255.1.2", true},       {"10.0.0.0/8", "11.0.0.1", false},
      {"10.0.0.0/8", "::ffff:10.1.2.3", true},  {"192.0.2.1", "192.0.2.1", true},
      {"192.0.2.1", "192.0.2.2", false},        {"0.0.0.0/0", "203.0.113.9", true},
      {"0.0.0.0/0", "2001:db8::1", false},      {"fe80::/10", "febf::1", true},
      {"fe80::/10", "fec0::1", false},          {"::ffff:0:0/96", "::ffff:1.2.3.4", true},
      {"192.0.2.128/25", "192.0.2.127", false}, {"192.0.2.128/25", "192.0.2.200", true},
  };
  for (const Row& row : rows) {
    const Result<Cidr> cidr = Cidr::parse(row.network);
    ASSERT_TRUE(cidr.has_value()) << row.network;
    EXPECT_EQ(cidr->contains(ip(row.address)), row.inside) << row.network << " " << row.address;
  }
}

TEST(Cidr, OfMappedAddressesIsTheIpv4Network) {
  const std::pair<std::string_view, std::string_view> rows[] = {{"::ffff:127.0.0.1", "127.0.0.1/32"},
                                                                {"::ffff:127.0.0.0/104", "127.0.0.0/8"},
                                                                {"::ffff:0:0/96", "0.0.0.0/0"},
                                                                {"::ffff:0:0/95", "::ffff:0.0.0.0/95"},
                                                                {"::/0", "::/0"}};
  for (const auto& [text, network] : rows) {
    EXPECT_EQ(Cidr::parse(text)->text(), network);
  }
  EXPECT_TRUE(Cidr::parse("::ffff:127.0.0.0/104")->contains(ip("127.0.0.1")));
}

TEST(Cidr, RefusesBrokenPrefixes) {
  for (const std::string_view text :
       {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "10.0.0.0/8x", "/8", ""}) {
    EXPECT_FALSE(Cidr::parse(text).has_value()) << text;
  }
}

TEST(HostPort, SplitsNameAndPort) {
  struct Row {
    std::string_view text, host;
    int port;
    std::string_view printed;
  };
  const Row rows[] = {
      {"mail.example:25", "mail.example", 25, "mail.example:25"},
      {"192.0.2.1:65535", "192.0.2.1", 65535, "192.0.2.1:65535"},
      {"[::1]:443", "::1", 443, "[::1]:443"},
  };
  for (const Row& row : rows) {
    const Result<HostPort> endpoint = HostPort::parse(row.text);
    ASSERT_TRUE(endpoint.has_value()) << row.text;
    EXPECT_EQ(endpoint->host, row.host);
    EXPECT_EQ(endpoint->port, row.port);
    EXPECT_EQ(endpoint->text(), row.printed);
  }
}

TEST(HostPort, RefusesWhatNamesNoEndpoint) {
  for (const std::string_view text :
       {"", "host", "host:", ":25", "host:0", "host:65536", "host:-1", "::1:25", "http://host:80", "ho st:80",
        "user@host:80", "[::1]", "[::1:25", "host:8 "}) {
    EXPECT_FALSE(HostPort::parse(text).has_value()) << text;
  }
}

TEST(AddressPolicy, RefusesMetadataAndItsDisguises) {
  const AddressPolicy policy;
  for (const std::string_view text : {"169.254.169.254",
                                      "169.254.0.1",
                                      "fe80::1",
                                      "fd00:ec2::254",
                                      "0.0.0.0",
                                      "0.1.2.3",
                                      "::",
                                      "224.0.0.1",
                                      "255.255.255.255",
                                      "240.0.0.1",
                                      "ff02::1",
                                      "::ffff:169.254.169.254",
                                      "64:ff9b::169.254.169.254",
                                      "64:ff9b::a9fe:a9fe",
                                      "64:ff9b:1::a9fe:a9fe",
                                      "2002:a9fe:a9fe::1",
                                      "::169.254.169.254",
                                      "::ffff:0:169.254.169.254",
                                      "2001:0:0:0:0:0:5601:5601",
                                      "100.100.100.200"}) {
    const Result<void> allowed = policy.check(ip(text));
    ASSERT_FALSE(allowed.has_value()) << text;
    EXPECT_EQ(allowed.error().kind, ErrorKind::Denied);
    EXPECT_NE(allowed.error().message.find(ip(text).text()), std::string::npos) << allowed.error().message;
  }
}

TEST(AddressPolicy, AllowsLoopbackPrivateAndPublic) {
  const AddressPolicy policy;
  for (const std::string_view text : {"127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "fd12::1",
                                      "203.0.113.7", "2001:db8::1", "64:ff9b::203.0.113.7", "100.64.0.1"}) {
    EXPECT_TRUE(policy.check(ip(text)).has_value()) << text;
  }
}

TEST(AddressPolicy, AllowListComesFirst) {
  AddressPolicy policy;
  policy.allow = {Cidr::parse("169.254.10.0/24").value()};
  EXPECT_TRUE(policy.check(ip("169.254.10.7")).has_value());
  EXPECT_TRUE(policy.check(ip("64:ff9b::169.254.10.7")).has_value());
  EXPECT_FALSE(policy.check(ip("169.254.11.7")).has_value());
  policy.deny = {Cidr::parse("0.0.0.0/0").value(), Cidr::parse("::/0").value()};
  EXPECT_FALSE(policy.check(ip("127.0.0.1")).has_value());
}

}  // namespace
}  // namespace picket
