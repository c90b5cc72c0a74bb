// What a server's TLS accepts, asked of openssl s_server and of peers that speak what no library of ours does.
#include "exporters/security/posture/tls_survey.h"

#include <gtest/gtest.h>

#include "tests/net/raw_peer.h"
#include "tests/security/posture/collector_fixture.h"
#include "tests/support/free_port.h"
#include "tests/support/listening.h"
#include "tests/support/wait.h"

namespace picket::security {
namespace {

using namespace std::chrono_literals;
using test::RawConnection;
using test::RawPeer;

using TlsSurveyTest = CollectorTest;

TEST_F(TlsSurveyTest, SeesAServerThatSpeaksTls10Alone) {
  const int port = test::free_port();
  const test::Process server({test::find_program("openssl", "openssl"), "s_server", "-accept",
                              std::to_string(port), "-cert", keys_.chain({"leaf", "mid"}), "-key",
                              keys_.file("leaf.key"), "-tls1", "-cipher", "AES128-SHA:@SECLEVEL=0", "-www",
                              "-quiet"});
  ASSERT_TRUE(test::wait_until(10s, [&] { return test::is_listening(port); })) << server.errors();
  const ScanResult result = scan(at(port));
  EXPECT_EQ(seen_of(result, "tls-old-versions"), "TLS 1.0 accepted");
  EXPECT_EQ(result.find("tls-1-3")->outcome, Outcome::Fail);
  ASSERT_TRUE(result.weak_ciphers.has_value());
  EXPECT_EQ(*result.weak_ciphers, std::vector<std::string_view>{"TLS_RSA_WITH_AES_128_CBC_SHA"});
}

/// A server that chooses as the test says, also what no library of ours speaks.
struct OldServer {
  struct Choice {
    char minor;  ///< of the version: 0 is SSL 3.0
    int suite;
  };
  std::vector<Choice> accepts;
  bool says_no = true;  ///< with an alert; else it closes without a word

  void operator()(RawConnection& c) const {
    std::string hello;
    while (hello.size() < 5 || hello.size() < 5U + static_cast<unsigned char>(hello[3]) * 256U +
                                                  static_cast<unsigned char>(hello[4])) {
      const std::string more = c.read_some();
      if (more.empty()) return;
      hello += more;
    }
    for (const Choice& choice : accepts) {
      if (hello[10] == choice.minor && offers(hello, code(choice.suite)))
        return static_cast<void>(c.write(chosen(choice)));
    }
    if (says_no) c.write(std::string("\x15\x03\x00\x00\x02\x02\x28", 7));
  }

 private:
  /// The suites stand after 43 bytes, an empty session and their length.
  static bool offers(const std::string& hello, const std::string& suite) {
    const std::size_t size =
        static_cast<unsigned char>(hello[44]) * 256U + static_cast<unsigned char>(hello[45]);
    for (std::size_t at = 46; at < 46 + size; at += 2) {
      if (hello.compare(at, 2, suite) == 0) return true;
    }
    return false;
  }
  static std::string code(int suite) { return {static_cast<char>(suite >> 8), static_cast<char>(suite)}; }
  static std::string chosen(const Choice& choice) {
    const std::string body =
        std::string("\x03") + choice.minor + std::string(32, 'r') + '\0' + code(choice.suite) + '\0';
    const std::string messages = std::string("\x02\x00\x00", 3) + static_cast<char>(body.size()) + body +
                                 std::string("\x0e\x00\x00\x00", 4);
    return std::string("\x16\x03\x00\x00", 4) + static_cast<char>(messages.size()) + messages;
  }
};

TEST_F(TlsSurveyTest, SeesSsl3AndRc4) {
  const RawPeer peer(OldServer{{{0, 0x0005}}});
  const ScanResult result = scan(at(peer.port()));
  EXPECT_EQ(seen_of(result, "tls-old-versions"), "SSL 3.0 accepted");
  ASSERT_TRUE(result.weak_ciphers.has_value());
  EXPECT_EQ(*result.weak_ciphers, std::vector<std::string_view>{"TLS_RSA_WITH_RC4_128_SHA"});
  EXPECT_EQ(result.find("tls-renegotiation")->outcome, Outcome::Fail);
  EXPECT_EQ(result.find("header-csp")->outcome, Outcome::NotKnown);
  EXPECT_EQ(result.find("cert-name")->outcome, Outcome::NotKnown);
  EXPECT_TRUE(result.headers.empty());
}

TEST_F(TlsSurveyTest, AsksForWeakSuitesInEveryVersion) {
  const RawPeer peer(OldServer{{{3, 0xC02F}, {1, 0x000A}, {1, 0x002F}}});
  const ScanResult result = scan(at(peer.port()));
  EXPECT_EQ(seen_of(result, "tls-old-versions"), "TLS 1.0 accepted");
  ASSERT_TRUE(result.weak_ciphers.has_value());
  EXPECT_EQ(*result.weak_ciphers,
            (std::vector<std::string_view>{"TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA"}));
}

TEST_F(TlsSurveyTest, TakesACloseForARefusalOnlyBesideAnAnswer) {
  const RawPeer curt(OldServer{.accepts = {{3, 0xC02F}}, .says_no = false});
  const ScanResult result = scan(at(curt.port()));
  EXPECT_EQ(result.find("tls-old-versions")->outcome, Outcome::Pass);
  EXPECT_EQ(result.find("tls-weak-ciphers")->outcome, Outcome::Pass);
  const RawPeer mute(OldServer{.accepts = {}, .says_no = false});
  EXPECT_FALSE(collect(at(mute.port())).has_value());
}

}  // namespace
}  // namespace picket::security
