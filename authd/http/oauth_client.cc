#include "authd/http/oauth_client.h"

#include <nlohmann/json.hpp>

#include "authd/http/front.h"
#include "authd/http/problems.h"
#include "authd/tokens/opaque_token.h"
#include "base/json/json.h"
#include "base/text/encoding.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

using nlohmann::json;

/// As in a form (RFC 6749 2.3.1, appendix B).
Result<std::string> form_decode(std::string_view text) {
  return percent_decode(replace_all(text, "+", " "));
}

/// Of "Authorization: SCHEME credentials"; nothing for another scheme.
std::optional<std::string> credentials_of(const std::string& field, std::string_view scheme) {
  const std::size_t blank = field.find(' ');
  if (blank == std::string::npos || to_lower(field.substr(0, blank)) != scheme) return std::nullopt;
  return std::string(trim(std::string_view(field).substr(blank)));
}

/// The password of Basic; nothing when it is broken.
std::optional<std::string> secret_of_basic(const std::string& credentials) {
  const Result<std::string> pair = base64_decode(credentials);
  if (!pair) return std::nullopt;
  const std::size_t colon = pair->find(':');
  if (colon == std::string::npos) return std::nullopt;
  const Result<std::string> secret = form_decode(std::string_view(*pair).substr(colon + 1));
  return secret ? std::optional(*secret) : std::nullopt;
}

OAuthCaller refused_caller(Response response) {
  return {.identity = {}, .is_client = false, .refusal = std::move(response)};
}

/// A wrong secret counts. Nobody guesses 256 bits, so that too many bring no block.
Result<Identity> program_by(const HttpParts& parts, const Visit& visit, const std::string& secret) {
  const Caller caller{.address = visit.client.address, .is_shared = visit.client.is_shared, .is_known = true};
  auto tried = parts.tries.enter({kOauthTier, caller, opaque_token_hash(secret), ""},
                                 visit.login_context(SessionMode::Token).patience());
  if (!tried) return fail(tried);
  if (!tried->pass) return fail(limited_error(tried->answer));
  Result<Identity> program = parts.identities.by_api_key(secret);
  const bool is_wrong = !program && program.error().kind == ErrorKind::Denied;
  is_wrong ? tried->pass->failed() : tried->pass->passed();
  return program;
}

OAuthCaller by_secret(const HttpParts& parts, const Visit& visit, const std::optional<std::string>& secret) {
  if (!secret) return refused_caller(oauth_error(401, "invalid_client"));
  const Result<Identity> program = program_by(parts, visit, *secret);
  if (!program) {
    const bool is_wrong = program.error().kind == ErrorKind::Denied;
    return refused_caller(is_wrong ? oauth_error(401, "invalid_client") : problem_of(program.error()));
  }
  if (!visit.config->keeps_out(*program, visit.client))
    return {.identity = *program, .is_client = true, .refusal = {}};
  [[maybe_unused]] const Response noted = kept_out(parts, visit, program->user_id);
  return refused_caller(oauth_error(401, "invalid_client"));
}

/// RFC 6750 3.
OAuthCaller by_bearer(const Visit& visit) {
  const bool is_bearers = visit.identity && visit.identity->via != Via::Cookie;
  if (is_bearers) return {.identity = visit.identity, .is_client = false, .refusal = {}};
  Response response = oauth_error(401, "invalid_token");
  response.headers.set("WWW-Authenticate", R"(Bearer realm="picket", error="invalid_token")");
  return refused_caller(std::move(response));
}

OAuthCaller by_authorization(const HttpParts& parts, const Visit& visit, const std::string& field) {
  if (const auto basic = credentials_of(field, "basic"))
    return by_secret(parts, visit, secret_of_basic(*basic));
  if (credentials_of(field, "bearer")) return by_bearer(visit);
  return refused_caller(oauth_error(401, "invalid_client"));
}

}  // namespace

Response oauth_error(int status, std::string_view error) {
  Response response = private_json(status, to_json(json{{"error", error}}));
  if (status == 401) response.headers.add("WWW-Authenticate", R"(Basic realm="picket", charset="UTF-8")");
  return response;
}

OAuthCaller oauth_caller(const HttpParts& parts, const Visit& visit, const Form& form) {
  const std::string* authorization = visit.request.headers.find("Authorization");
  const bool has_key = visit.request.headers.find("X-API-Key") != nullptr;
  const std::string secret = field_of(form, "client_secret");
  const int ways = (authorization != nullptr ? 1 : 0) + (has_key ? 1 : 0) + (secret.empty() ? 0 : 1);
  if (ways > 1) return refused_caller(oauth_error(400, "invalid_request"));
  if (authorization != nullptr) return by_authorization(parts, visit, *authorization);
  if (!secret.empty()) return by_secret(parts, visit, secret);
  if (has_key && !visit.identity) return refused_caller(oauth_error(401, "invalid_client"));
  return {.identity = visit.identity, .is_client = false, .refusal = {}};
}

}  // namespace picket::authd
