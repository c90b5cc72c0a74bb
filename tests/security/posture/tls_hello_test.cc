#include "exporters/security/posture/tls_hello.h"

#include <gtest/gtest.h>

#include "exporters/security/posture/cipher_suites.h"

namespace picket::security {
namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out += static_cast<char>(value);
  return out;
}

std::string sized(std::size_t digits, const std::string& content) {
  std::string out;
  for (std::size_t i = digits; i > 0; --i) out += static_cast<char>(content.size() >> (8 * (i - 1)) & 0xFF);
  return out + content;
}

std::string record(int kind, const std::string& content) {
  return bytes({kind, 3, 3}) + sized(2, content);
}

std::string message(int kind, const std::string& content) {
  return bytes({kind}) + sized(3, content);
}

std::string server_hello(int minor, int suite, int compression, const std::string& extensions = "") {
  std::string body =
      bytes({3, minor}) + std::string(32, 'r') + bytes({0}) + bytes({suite >> 8, suite & 0xFF, compression});
  if (!extensions.empty()) body += sized(2, extensions);
  return message(2, body);
}

std::string alert(int number) {
  return record(21, bytes({2, number}));
}

TEST(ServerHello, SaysWhatTheServerChose) {
  const std::string renegotiation = bytes({0xFF, 0x01, 0, 1, 0});
  const HelloReading reading =
      read_server_hello(record(22, server_hello(1, 0x0005, 1, renegotiation) + message(14, "")));
  ASSERT_EQ(reading.progress, HelloProgress::Answered);
  EXPECT_EQ(reading.answer.version, TlsProtocol::Tls10);
  EXPECT_EQ(reading.answer.suite, 0x0005);
  EXPECT_TRUE(reading.answer.compression);
  EXPECT_TRUE(reading.answer.secure_renegotiation);
  EXPECT_FALSE(reading.answer.dh_bits.has_value());
}

TEST(ServerHello, TellsTheSizeOfTheGroup) {
  std::string prime(129, '\x80');
  prime[0] = 0;
  const std::string exchange = message(12, sized(2, prime) + sized(2, "\x02") + sized(2, "y"));
  const HelloReading reading =
      read_server_hello(record(22, server_hello(3, 0x009E, 0)) + record(22, exchange + message(14, "")));
  ASSERT_EQ(reading.progress, HelloProgress::Answered);
  EXPECT_EQ(reading.answer.dh_bits, 1024U);
}

TEST(ServerHello, OfTls13IsEnoughAlone) {
  const HelloReading reading = read_server_hello(
      record(22, server_hello(3, 0x1301, 0, bytes({0, 43, 0, 2, 3, 4}))) + bytes({20, 3, 3}));
  ASSERT_EQ(reading.progress, HelloProgress::Answered);
  EXPECT_EQ(reading.answer.version, TlsProtocol::Tls13);
}

TEST(ServerHello, ThatEndsInAnAlertIsNoAcceptance) {
  const HelloReading reading = read_server_hello(record(22, server_hello(1, 0x0005, 0)) + alert(40));
  EXPECT_EQ(reading.progress, HelloProgress::Refused);
}

TEST(ServerHello, TellsRefusalFromOtherAlerts) {
  for (const int number : {40, 47, 70, 71, 80})
    EXPECT_EQ(read_server_hello(alert(number)).progress, HelloProgress::Refused) << number;
  const HelloReading name = read_server_hello(alert(112));  // unrecognized_name
  EXPECT_EQ(name.progress, HelloProgress::NotClear);
  EXPECT_EQ(name.alert, 112);
  // A warning goes before the answer.
  const std::string warned =
      record(21, bytes({1, 112})) + record(22, server_hello(3, 5, 0) + message(14, ""));
  EXPECT_EQ(read_server_hello(warned).progress, HelloProgress::Answered);
}

TEST(ServerHello, WaitsForTheRestAtEveryByte) {
  const std::string whole = record(22, server_hello(3, 0x009C, 0) + message(11, std::string(300, 'c'))) +
                            record(22, message(14, ""));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(read_server_hello(whole.substr(0, size)).progress, HelloProgress::Incomplete) << size;
  EXPECT_EQ(read_server_hello(whole).progress, HelloProgress::Answered);
}

TEST(ServerHello, IsNotEverything) {
  for (const std::string& other : {std::string("HTTP/1.1 400 Bad Request\r\n"), std::string("SSH-2.0-x\r\n"),
                                   bytes({22, 9, 9, 0, 1, 2}), record(22, message(2, "short"))})
    EXPECT_EQ(read_server_hello(other).progress, HelloProgress::NotTls);
}

TEST(ClientHello, OffersOneVersionAndTheNameOnlyWhereItMay) {
  const std::string random(64, 'r');
  const std::string old = client_hello({TlsProtocol::Ssl3, {0x0005}, "a.example", random});
  EXPECT_EQ(old.substr(0, 3), bytes({22, 3, 0}));
  EXPECT_EQ(old.substr(9, 2), bytes({3, 0}));
  EXPECT_EQ(old.find("a.example"), std::string::npos);  // SSL 3.0 has no extensions
  const std::string newer = client_hello({TlsProtocol::Tls12, {0x0005}, "a.example", random});
  EXPECT_EQ(newer.substr(0, 3), bytes({22, 3, 1}));
  EXPECT_EQ(newer.substr(9, 2), bytes({3, 3}));
  EXPECT_NE(newer.find("a.example"), std::string::npos);
  EXPECT_EQ(static_cast<unsigned char>(newer[3]) * 256U + static_cast<unsigned char>(newer[4]) + 5,
            newer.size());
}

TEST(CipherSuites, AreWeakOrSoundAndKnownByCode) {
  for (const CipherSuite& suite : weak_suites()) {
    EXPECT_NE(suite.weakness, CipherWeakness::None) << suite.name;
    EXPECT_EQ(find_suite(suite.code), &suite) << suite.name;
  }
  for (const CipherSuite& suite : sound_suites()) {
    EXPECT_EQ(suite.weakness, CipherWeakness::None) << suite.name;
    EXPECT_EQ(find_suite(suite.code), &suite) << suite.name;
  }
  EXPECT_EQ(find_suite(0x1301), nullptr);
}

}  // namespace
}  // namespace picket::security
