// The token parser on any bytes: it must end, believe nothing that our key did not sign, and give a payload
// that was signed back as it was. The first byte chooses: the bytes as a token, as a header, or as claims.
#include <cstdint>
#include <string>
#include <string_view>

#include "authd/tokens/access_token.h"
#include "authd/tokens/jws.h"
#include "authd/tokens/refresh.h"
#include "base/text/encoding.h"

namespace picket::authd {
namespace {

const SigningKey& key() {
  static const SigningKey kKey = SigningKey::make(Algorithm::EdDsa).value();
  return kKey;
}

const KeyRing& ring() {
  static const KeyRing kRing = KeyRing::make({{key(), KeyState::Active, {}, {}, {}}}).value();
  return kRing;
}

Judged<AccessClaims> judge(std::string_view token) {
  const AccessRules rules{.issuer = "i", .audience = "a"};
  return verify(token, ring(), rules, WallTime(std::chrono::seconds(1'700'000'000)));
}

void read_token(std::string_view token) {
  check(!judge(token), "believed what nobody signed");
  const auto refresh = PresentedRefresh::parse(token);
  check(!refresh || refresh->number >= 0, "a refresh token below zero");
  static_cast<void>(VerifyKey::from_jwk(token));
}

/// Signed, so that the parser gets past the signature whatever the header says.
void read_header(std::string_view header) {
  std::string token = base64url_encode(header) + "." + base64url_encode("{}");
  token += "." + base64url_encode(key().sign(token));
  const auto jws = Jws::parse(token);
  if (!jws || jws->kid() != key().kid()) return;
  const auto payload = jws->payload(key().verify_key());
  check(!payload || *payload == "{}", "another payload than the signed one");
}

void read_claims(std::string_view payload) {
  const std::string token = sign_jws(key(), kAccessTokenType, payload);
  if (token.size() > Jws::kBytesMax) return;
  const auto claims = judge(token);
  if (!claims) return;
  const auto again = judge(issue(key(), *claims));
  check(again && *again == *claims, "claims that are not read as they were written");
}

}  // namespace
}  // namespace picket::authd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  if (bytes[0] % 3 == 0) picket::authd::read_token(text);
  if (bytes[0] % 3 == 1) picket::authd::read_header(text);
  if (bytes[0] % 3 == 2) picket::authd::read_claims(text);
  return 0;
}
