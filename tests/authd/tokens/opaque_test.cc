#include <gtest/gtest.h>

#include <set>

#include "authd/tokens/api_key.h"
#include "authd/tokens/opaque_token.h"
#include "authd/tokens/token_config.h"
#include "base/crypto/digest.h"
#include "base/text/encoding.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

TEST(OpaqueToken, Has256RandomBitsBehindItsPrefix) {
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string token = make_opaque_token(random, "pdv_").reveal();
    EXPECT_TRUE(token.starts_with("pdv_"));
    EXPECT_EQ(base64url_decode(token.substr(4))->size(), 32U);
    EXPECT_TRUE(is_opaque_token(token, "pdv_"));
    seen.insert(token);
  }
  EXPECT_EQ(seen.size(), 1000U);
}

TEST(OpaqueToken, IsOfItsFormOrNotLookedUp) {
  const std::string body = base64url_encode(std::string(32, 'x'));
  for (const std::string& text : {body, "prt_" + body, "pdv_" + body + "=", "pdv_" + body.substr(1),
                                  "pdv_" + body + "A", std::string("pdv_"), "pdv_" + body.substr(1) + "+",
                                  "pdv_" + body.substr(0, 42) + "B", "PDV_" + body, " pdv_" + body}) {
    EXPECT_FALSE(is_opaque_token(text, "pdv_")) << text;
  }
  EXPECT_TRUE(is_opaque_token("pdv_" + body, "pdv_"));
}

TEST(OpaqueToken, IsStoredAsAHash) {
  EXPECT_EQ(opaque_token_hash("abc"), base64url_encode(sha256("abc")));
  EXPECT_NE(opaque_token_hash("abc"), opaque_token_hash("abd"));
}

TEST(Attack46, AnApiKeyIsFoundByItsPublicPartAndKnownByItsMac) {
  SystemRandom random;
  const Secret mac_key("0123456789abcdef0123456789abcdef");
  const NewApiKey key = make_api_key(random, mac_key);
  const std::string& text = key.text.reveal();
  EXPECT_EQ(text.size(), 4U + 16U + 1U + 43U);
  EXPECT_EQ(api_key_lookup_id(text), key.lookup_id);
  EXPECT_TRUE(api_key_matches(text, key.mac, mac_key));
  EXPECT_EQ(key.mac.find(text.substr(22)), std::string::npos);
  EXPECT_FALSE(api_key_matches(text, key.mac, Secret("another key")));
  EXPECT_FALSE(api_key_matches(text, "", mac_key));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'a' ? 'b' : 'a';
    EXPECT_FALSE(api_key_matches(changed, key.mac, mac_key)) << i;
  }
}

TEST(ApiKey, OfAnotherFormIsNotLookedUp) {
  const std::string body = base64url_encode(std::string(32, 'x'));
  const std::string fine = "pak_abcdefgh234567ij_" + body;
  EXPECT_EQ(api_key_lookup_id(fine), "abcdefgh234567ij");
  for (const std::string& text :
       {std::string(), std::string("pak_"), "pak_" + body, "pak_ABCDEFGH234567IJ_" + body,
        "pak_abcdefgh234567i'_" + body, "pak_abcdefgh234567ij-" + body, fine + "=",
        fine.substr(0, fine.size() - 1), "pdv" + fine.substr(3), "pak_abcdefgh234567i_" + body}) {
    EXPECT_EQ(api_key_lookup_id(text), std::nullopt) << text;
  }
}

Result<TokenConfig> config_of(std::string_view yaml) {
  const RealFiles files;
  return parse_config<TokenConfig>(yaml, "authd.yml", files);
}

TEST(TokenConfig, HasTheDefaultsOfTheDocumentation) {
  const TokenConfig config = config_of("").value();
  EXPECT_EQ(config.keys.algorithm, Algorithm::EdDsa);
  EXPECT_EQ(config.access_lifetime, std::chrono::minutes(15));
  EXPECT_EQ(config.refresh.lifetime, std::chrono::hours(168));
  EXPECT_EQ(config.refresh.grace, std::chrono::seconds(10));
  EXPECT_EQ(config.keys.kept_after, std::chrono::minutes(16));
}

TEST(TokenConfig, ReadsWhatIsThereAndRefusesWhatIsUnsafe) {
  const TokenConfig config =
      config_of(
          "{algorithm: RS256, access_lifetime: 5m, leeway: 30s, issuer: 'https://a', key_active_for: 7d}")
          .value();
  EXPECT_EQ(config.keys.algorithm, Algorithm::Rs256);
  EXPECT_EQ(config.keys.kept_after, std::chrono::seconds(330));
  for (const char* const yaml : {"algorithm: HS256", "algorithm: none", "leeway: 61s", "access_lifetime: 25h",
                                 "access_lifetime: 0s", "refresh_lifetime: 1m", "refresh_grace: 11s",
                                 "audience: ''", "key_active_for: 25h", "lifetime: 1h"}) {
    EXPECT_FALSE(config_of(yaml)) << yaml;
  }
}

}  // namespace
}  // namespace picket::authd
