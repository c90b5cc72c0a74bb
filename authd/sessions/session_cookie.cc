#include "authd/sessions/session_cookie.h"

#include "authd/sessions/session_family.h"
#include "base/crypto/digest.h"
#include "base/text/encoding.h"

namespace picket::authd {
namespace {

constexpr std::string_view kPrefix = "psc_";
constexpr std::size_t kMacBytes = 32;
constexpr std::size_t kCookieSize = 68;  // prefix, and 48 bytes in base64url

// The same key makes refresh tokens, over the family's id and 8 bytes more: these labels have other lengths,
// so that no MAC of one kind is one of another.
constexpr std::string_view kCookieLabel = "session cookie";
constexpr std::string_view kCsrfLabel = "csrf token";

std::string mac_of(const Session& session, std::string_view label) {
  return hmac_sha256(session.family_key.reveal(), std::string(label) + session.family_id);
}

}  // namespace

Secret session_cookie(const Session& session) {
  return Secret(std::string(kPrefix) +
                base64url_encode(raw_family_id(session.family_id) + mac_of(session, kCookieLabel)));
}

std::optional<std::string> cookie_family(std::string_view cookie) {
  if (cookie.size() != kCookieSize || !cookie.starts_with(kPrefix)) return std::nullopt;
  const auto bytes = base64url_decode(cookie.substr(kPrefix.size()));
  if (!bytes || bytes->size() != kFamilyIdBytes + kMacBytes) return std::nullopt;
  return family_id_text(std::string_view(*bytes).substr(0, kFamilyIdBytes));
}

bool cookie_matches(std::string_view cookie, const Session& session) {
  return equal_constant_time(cookie, session_cookie(session).reveal());
}

Secret csrf_token(const Session& session) {
  return Secret(base64url_encode(mac_of(session, kCsrfLabel)));
}

}  // namespace picket::authd
