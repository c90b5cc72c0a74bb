#include "exporters/security/formats/client_of.h"

#include <gtest/gtest.h>

#include "tests/security/formats/reader.h"

namespace picket::security::test {
namespace {

struct Behind {
  const char* peer;
  const char* forwarded;
  const char* client;
  bool claimed = false;
};

std::vector<Cidr> proxies() {
  return {Cidr::parse("10.0.0.0/8").value(), Cidr::parse("2001:db8:1::/48").value()};
}

void expect_client(const ClientFinder& finder, const Behind& row) {
  LogRecord record;
  finder.find(row.peer, row.forwarded, record);
  EXPECT_EQ(record.client ? record.client->text() : "", row.client) << row.peer << " " << row.forwarded;
  EXPECT_EQ(record.client_is_claimed, row.claimed) << row.peer << " " << row.forwarded;
}

TEST(ClientOf, IsTheRightmostHopThatIsNotAProxy) {
  const ClientFinder finder(proxies(), true);
  for (const Behind& row : {
           Behind{"10.0.0.1", "198.51.100.1, 203.0.113.9, 10.1.1.1", "203.0.113.9"},
           Behind{"10.0.0.1", "203.0.113.9", "203.0.113.9"},
           Behind{"10.0.0.1", "203.0.113.9:4711", "203.0.113.9"},
           Behind{"::ffff:10.0.0.1", "[2001:db8::9]:4711", "2001:db8::9"},
           Behind{"10.0.0.1", "2001:db8::9", "2001:db8::9"},
           Behind{"10.0.0.1", R"(for=198.51.100.1, for="[2001:db8::9]:1";proto=https, by=x;For=10.0.0.2)",
                  "2001:db8::9"},
           Behind{"10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"},
           Behind{"10.0.0.1", "198.51.100.1, unknown", "10.0.0.1"},
           Behind{"10.0.0.1", "198.51.100.1, junk, 10.0.0.2", "10.0.0.2"},
           Behind{"10.0.0.1", ",,,", "10.0.0.1"},
           Behind{"10.0.0.1", "-", "10.0.0.1"},
           Behind{"10.0.0.1", "", "10.0.0.1"},
       }) {
    expect_client(finder, row);
  }
}

TEST(ClientOf, BelievesNobodyButProxies) {
  const ClientFinder finder(proxies(), true);
  expect_client(finder, {"203.0.113.9", "198.51.100.1", "203.0.113.9"});
  expect_client(finder, {"unix:", "198.51.100.1", "198.51.100.1", true});
}

TEST(ClientOf, IsClaimedWithoutTrustedProxies) {
  const ClientFinder finder({}, true);
  expect_client(finder, {"10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9", true});
  expect_client(finder, {"10.0.0.1", "junk", "10.0.0.1", true});
  expect_client(finder, {"10.0.0.1", "-", "10.0.0.1", true});
}

TEST(ClientOf, IsThePeerWithoutAForwardedField) {
  expect_client(ClientFinder({}, false), {"203.0.113.9", "", "203.0.113.9"});
}

TEST(ClientOf, ReadsAddressesStrictly) {
  for (const char* text : {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "1..2.3", "a.b.c.d",
                           "1.2.3.", "::g", "0x1.2.3.4", "99999999999.1.1.1", ":"}) {
    EXPECT_FALSE(parse_client(text)) << text;
  }
  EXPECT_EQ(parse_client("255.0.10.1")->text(), "255.0.10.1");
  EXPECT_EQ(parse_client("::1")->text(), "::1");
}

TEST(ClientOf, IsReadFromTheFieldThatTheConfigurationNames) {
  Reader reader({.type = FormatType::Nginx,
                 .log_format = R"($remote_addr [$time_local] "$request" $status "$http_x_forwarded_for")",
                 .client_field = "$http_x_forwarded_for",
                 .trusted_proxies = proxies()});
  reader.record(
      R"(10.0.0.1 [30/Nov/2026:14:17:11 +0000] "GET / HTTP/1.1" 200 "\x22, 198.51.100.1\x22, 203.0.113.9")");
  EXPECT_EQ(reader.problem(), "");
  EXPECT_EQ(reader.client(), "203.0.113.9");
  EXPECT_FALSE(reader.record().client_is_claimed);
}

}  // namespace
}  // namespace picket::security::test
