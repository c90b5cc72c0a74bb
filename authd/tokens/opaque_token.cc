#include "authd/tokens/opaque_token.h"

#include "base/crypto/digest.h"
#include "base/text/encoding.h"

namespace picket::authd {
namespace {

constexpr std::size_t kRandomBytes = 32;

}  // namespace

Secret make_opaque_token(Random& random, std::string_view prefix) {
  return Secret(std::string(prefix) + base64url_encode(random.bytes(kRandomBytes)));
}

bool is_opaque_token(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix) || text.find('=') != std::string_view::npos) return false;
  const auto bytes = base64url_decode(text.substr(prefix.size()));
  return bytes && bytes->size() == kRandomBytes;
}

std::string opaque_token_hash(std::string_view token) {
  return base64url_encode(sha256(token));
}

}  // namespace picket::authd
