#include "authd/http/presented.h"

#include "authd/tokens/api_key.h"
#include "authd/tokens/jws.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

/// The token of "Authorization: Bearer ...", "" for every other scheme.
std::string bearer_of(const Request& request) {
  constexpr std::string_view kScheme = "bearer ";
  const std::string* field = request.headers.find("Authorization");
  if (field == nullptr || to_lower(std::string_view(*field).substr(0, kScheme.size())) != kScheme) return "";
  return std::string(trim(std::string_view(*field).substr(kScheme.size())));
}

bool names_key_of(std::string_view token, const KeyRing& ring) {
  const auto kid = kid_in(token);
  return kid && ring.find(*kid) != nullptr;
}

}  // namespace

std::optional<Presented> presented_in(const Request& request, const BrowserConfig& config,
                                      const KeyRing& ring) {
  const std::string* key = request.headers.find("X-API-Key");
  if (key != nullptr && has_api_key_prefix(*key)) return Presented{Via::ApiKey, *key};
  std::string bearer = bearer_of(request);
  if (has_api_key_prefix(bearer)) return Presented{Via::ApiKey, std::move(bearer)};
  std::optional<std::string> cookie = session_cookie_in(request, config);
  const bool is_alone = !cookie && key == nullptr;
  if (!bearer.empty() && (is_alone || names_key_of(bearer, ring)))
    return Presented{Via::AccessToken, std::move(bearer)};
  if (cookie) return Presented{Via::Cookie, std::move(*cookie)};
  if (key != nullptr) return Presented{Via::ApiKey, *key};
  return std::nullopt;
}

}  // namespace picket::authd
