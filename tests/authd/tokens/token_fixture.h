// What the tests of tokens share: keys made once, a ring of one, claims that hold, and tokens of any header
// that are signed all the same.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "authd/tokens/access_token.h"
#include "base/text/encoding.h"
#include "tests/support/manual_scheduler.h"

namespace picket::authd {

inline const SigningKey& test_key(Algorithm algorithm) {
  static const SigningKey eddsa = SigningKey::make(Algorithm::EdDsa).value();
  static const SigningKey es256 = SigningKey::make(Algorithm::Es256).value();
  static const SigningKey rs256 = SigningKey::make(Algorithm::Rs256).value();
  if (algorithm == Algorithm::Es256) return es256;
  return algorithm == Algorithm::Rs256 ? rs256 : eddsa;
}

constexpr WallTime kNow = test::ManualClock::kStart;

inline WallTime at_second(int offset) {
  return kNow + std::chrono::seconds(offset);
}

inline KeyRing ring_of(const SigningKey& key) {
  return KeyRing::make({{key, KeyState::Active, kNow, kNow, {}}}).value();
}

inline AccessClaims sample_claims() {
  AccessClaims claims;
  claims.issuer = "https://auth.example.org";
  claims.subject = "u-1";
  claims.audience = {"picket"};
  claims.client_id = "web";
  claims.id = "j-1";
  claims.issued_at = claims.not_before = kNow;
  claims.expires_at = kNow + std::chrono::minutes(15);
  claims.session_id = "s-1";
  claims.username = "Alice";
  claims.role = "admin";
  claims.epoch = 7;
  claims.scope = "users:read users:write";
  claims.methods = {"pwd", "otp"};
  claims.level = "2";
  return claims;
}

inline AccessRules sample_rules() {
  return {.issuer = "https://auth.example.org", .audience = "picket"};
}

/// Any header and payload, with a signature of `key` that fits them.
inline std::string crafted(const SigningKey& key, std::string_view header, std::string_view payload) {
  std::string token = base64url_encode(header) + "." + base64url_encode(payload);
  token += "." + base64url_encode(key.sign(token));
  return token;
}

inline std::string header_of(const SigningKey& key, std::string_view typ = "at+jwt") {
  return fmt::format(R"({{"alg":"{}","kid":"{}","typ":"{}"}})", to_string(key.verify_key().algorithm()),
                     key.kid(), typ);
}

inline std::string fault_of(const Judged<AccessClaims>& claims) {
  return claims ? "fine" : std::string(to_string(claims.error()));
}

}  // namespace picket::authd
