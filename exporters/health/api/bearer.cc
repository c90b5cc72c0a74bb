#include "exporters/health/api/bearer.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/text/strings.h"

namespace picket::health {

namespace {

std::string_view presented(const Request& request) {
  const std::string* field = request.headers.find("Authorization");
  if (field == nullptr) return {};
  const std::size_t space = field->find(' ');
  if (space == std::string::npos || !iequals(std::string_view(*field).substr(0, space), "bearer")) return {};
  return trim(std::string_view(*field).substr(space + 1));
}

}  // namespace

std::optional<Response> refuse_without(std::initializer_list<const Secret*> tokens, const Request& request) {
  const auto is_set = [](const Secret* token) { return token != nullptr && !token->empty(); };
  if (std::none_of(tokens.begin(), tokens.end(), is_set)) {
    return Response::problem(403, "Writing is disabled",
                             "no token is configured (api.token in the config file)");
  }
  const std::string given = sha256(presented(request));
  bool granted = false;
  for (const Secret* token : tokens) {
    if (is_set(token)) granted |= equal_constant_time(sha256(token->reveal()), given);
  }
  if (granted) return std::nullopt;
  Response refusal = Response::problem(401, "Unauthorized", "a bearer token is needed");
  refusal.headers.set("WWW-Authenticate", "Bearer realm=\"health_exporter\"");
  return refusal;
}

}  // namespace picket::health
