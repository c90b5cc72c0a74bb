#include "authd/tokens/api_key.h"

#include "authd/tokens/opaque_token.h"
#include "base/crypto/digest.h"
#include "base/text/encoding.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::string_view kApiKeyPrefix = "pak_";
constexpr std::size_t kLookupBytes = 10;  // 16 digits of base32
constexpr std::size_t kLookupSize = 16;

std::string mac_of(std::string_view text, const Secret& mac_key) {
  return base64url_encode(hmac_sha256(mac_key.reveal(), text));
}

bool is_lookup_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7');
}

}  // namespace

NewApiKey make_api_key(Random& random, const Secret& mac_key) {
  const std::string lookup = to_lower(base32_encode(random.bytes(kLookupBytes)));
  Secret text = make_opaque_token(random, fmt::format("{}{}_", kApiKeyPrefix, lookup));
  std::string mac = mac_of(text.reveal(), mac_key);
  return {std::move(text), lookup, std::move(mac)};
}

bool has_api_key_prefix(std::string_view presented) {
  return presented.starts_with(kApiKeyPrefix);
}

std::optional<std::string> api_key_lookup_id(std::string_view presented) {
  const std::size_t head = kApiKeyPrefix.size() + kLookupSize;
  if (presented.size() <= head || presented[head] != '_') return std::nullopt;
  const std::string_view lookup = presented.substr(kApiKeyPrefix.size(), kLookupSize);
  for (const char c : lookup) {
    if (!is_lookup_digit(c)) return std::nullopt;
  }
  if (!is_opaque_token(presented, fmt::format("{}{}_", kApiKeyPrefix, lookup))) return std::nullopt;
  return std::string(lookup);
}

bool api_key_matches(std::string_view presented, std::string_view stored_mac, const Secret& mac_key) {
  return equal_constant_time(mac_of(presented, mac_key), stored_mac);
}

}  // namespace picket::authd
