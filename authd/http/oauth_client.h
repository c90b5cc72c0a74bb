// Who asks at an endpoint of OAuth: a program by its client secret, which is an API key (RFC 6749 2.3), or
// whoever Front has recognised by a token, a key or a cookie. For the routes of OAuth.
#pragma once

#include <optional>
#include <string_view>

#include "authd/http/form_body.h"
#include "authd/http/visit.h"

namespace picket::authd {

/// RFC 6749 5.2. A 401 has the challenge of client secrets.
Response oauth_error(int status, std::string_view error);

struct OAuthCaller {
  std::optional<Identity> identity{};  ///< nobody: no way to show who they are was used
  bool is_client = false;              ///< by a client secret
  std::optional<Response> refusal{};   ///< what was shown is wrong, or there were two ways at once
};
OAuthCaller oauth_caller(const HttpParts& parts, const Visit& visit, const Form& form);

}  // namespace picket::authd
