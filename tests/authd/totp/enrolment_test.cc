// The otpauth:// URI and its QR code.
#include <gtest/gtest.h>

#include <cstdio>
#include <vector>

#include "authd/totp/enrolment.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

const TotpKey& key() {
  static const TotpKey sample{*TotpSecret::parse("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), {}};
  return sample;
}

TEST(OtpauthUri, NamesIssuerAccountAndEveryParameter) {
  EXPECT_EQ(
      otpauth_uri(key(), "Picket", "alice"),
      "otpauth://totp/Picket:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Picket&algorithm=SHA1&"
      "digits=6&period=30");
  EXPECT_TRUE(otpauth_uri({key().secret, {OtpAlgorithm::Sha512, 8}}, "Picket", "alice")
                  .ends_with("&algorithm=SHA512&digits=8&period=30"));
}

TEST(OtpauthUri, EscapesWhatWouldChangeItsMeaning) {
  const std::string uri = otpauth_uri(key(), "A & B: Co", "z\u00F6e@example.org?secret=x#/");
  EXPECT_TRUE(uri.starts_with(
      "otpauth://totp/A%20%26%20B%3A%20Co:z%C3%B6e%40example.org%3Fsecret%3Dx%23%2F?secret=GEZD"))
      << uri;
  EXPECT_NE(uri.find("&issuer=A%20%26%20B%3A%20Co&"), std::string::npos) << uri;
}

TEST(QrSvg, CanBeInlinedUnderAnyPolicy) {
  const std::string svg = *qr_svg(otpauth_uri(key(), "Picket", "alice"), "Scan \"me\" <now>");
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 "));
  EXPECT_NE(svg.find("<title>Scan &#34;me&#34; &lt;now&gt;</title>"), std::string::npos);
  for (const char* banned : {"style", "script", " id=", "href", "onload"}) {
    EXPECT_EQ(svg.find(banned), std::string::npos) << banned;
  }
}

/// The path back as rows of modules, quiet zone and all.
std::vector<std::string> drawn(const std::string& svg) {
  const std::size_t box = svg.find("viewBox=\"0 0 ") + 13;
  const std::size_t side = std::stoul(svg.substr(box));
  std::vector<std::string> rows(side, std::string(side, ' '));
  const std::size_t path = svg.find(" d=\"") + 4;
  for (const std::string_view piece : split(std::string_view(svg).substr(path, svg.rfind('"') - path), 'z')) {
    int x = 0;
    int y = 0;
    int width = 0;
    if (std::sscanf(std::string(piece).c_str(), "M%d,%dh%d", &x, &y, &width) != 3) continue;
    rows.at(static_cast<std::size_t>(y))
        .replace(static_cast<std::size_t>(x), static_cast<std::size_t>(width),
                 static_cast<std::size_t>(width), '#');
  }
  return rows;
}

TEST(QrSvg, DrawsTheFinderPatternsInsideAQuietZone) {
  const auto rows = drawn(*qr_svg("otpauth", "x"));
  ASSERT_EQ(rows.size(), 21U + 8U);  // version 1
  const char* finder[] = {"#######", "#     #", "# ### #", "# ### #", "# ### #", "#     #", "#######"};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(rows[i], std::string(29, ' '));
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(rows[4 + i].substr(4, 7), finder[i]);
    EXPECT_EQ(rows[4 + i].substr(18, 7), finder[i]);
    EXPECT_EQ(rows[18 + i].substr(4, 7), finder[i]);
    EXPECT_EQ(rows[4 + i].substr(0, 4), "    ");
  }
}

TEST(QrSvg, RefusesWhatNoPhoneReads) {
  EXPECT_TRUE(qr_svg(std::string(1000, 'a'), "x"));
  EXPECT_FALSE(qr_svg(std::string(1001, 'a'), "x"));
  EXPECT_FALSE(qr_svg(std::string("a\0b", 3), "x"));
}

}  // namespace
}  // namespace picket::authd
