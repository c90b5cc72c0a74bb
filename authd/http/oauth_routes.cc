#include "authd/http/oauth_routes.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "authd/http/endings.h"
#include "authd/http/form_body.h"
#include "authd/http/problems.h"
#include "authd/tokens/access_token.h"
#include "base/text/encoding.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

using nlohmann::json;

/// RFC 6749 5.2.
Response oauth_error(int status, std::string_view error) {
  Response response = private_json(status, json{{"error", error}}.dump());
  if (status == 401) response.headers.add("WWW-Authenticate", R"(Basic realm="picket", charset="UTF-8")");
  return response;
}

/// RFC 6749 2.3.1: by Basic, or in the body. Nothing when there is neither or both.
std::optional<std::string> client_secret_of(const Request& request, const Form& form) {
  constexpr std::string_view kScheme = "basic ";
  const std::string* field = request.headers.find("Authorization");
  const std::string in_body = field_of(form, "client_secret");
  if (field == nullptr) return in_body.empty() ? std::nullopt : std::optional(in_body);
  if (!in_body.empty()) return std::nullopt;
  const std::string_view text = *field;
  if (to_lower(text.substr(0, kScheme.size())) != kScheme) return std::nullopt;
  const Result<std::string> pair = base64_decode(trim(text.substr(kScheme.size())));
  if (!pair) return std::nullopt;
  const std::size_t colon = pair->find(':');
  return colon == std::string::npos ? std::nullopt : std::optional(pair->substr(colon + 1));
}

/// The program that asks: whose API key is the client secret.
Result<Identity> program_of(const HttpParts& parts, const Visit& visit, const Form& form) {
  const std::optional<std::string> secret = client_secret_of(visit.request, form);
  if (!secret) return fail(ErrorKind::Denied, "no client secret");
  Result<Identity> program = parts.identities.by_api_key(*secret);
  if (!program || !visit.config->keeps_out(*program, visit.client)) return program;
  [[maybe_unused]] const Response refusal = kept_out(parts, visit, program->user_id);
  return fail(ErrorKind::Denied, "an owner's key from elsewhere");
}

/// What was asked for of what the key has (RFC 6749 3.3); nothing when something lies beyond.
std::optional<std::vector<std::string>> granted_scopes(const std::string& asked,
                                                       const std::vector<std::string>& has) {
  if (asked.empty()) return has;
  std::vector<std::string> granted;
  for (const std::string_view scope : split(asked, ' ')) {
    const bool covered =
        std::ranges::find(has, "*") != has.end() || std::ranges::find(has, scope) != has.end();
    if (!covered || !is_scope(scope)) return std::nullopt;
    granted.emplace_back(scope);
  }
  return granted;
}

Response issue_token(const HttpParts& parts, const Identity& program,
                     const std::vector<std::string>& scopes) {
  const std::string scope = join(scopes, " ");
  const Result<ProgramGrant> grant = parts.sessions.grant_program(program, scope);
  if (!grant) return problem_of(grant.error());
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(grant->lifetime);
  return private_json(200, json{{"access_token", grant->access_token.reveal()},
                                {"token_type", "Bearer"},
                                {"expires_in", seconds.count()},
                                {"scope", scope}}
                               .dump());
}

Response token(const HttpParts& parts, Visit& visit) {
  const Result<Form> form = form_of(visit.request);
  if (!form) return oauth_error(400, "invalid_request");
  if (field_of(*form, "grant_type") != "client_credentials")
    return oauth_error(400, "unsupported_grant_type");
  const Result<Identity> program = program_of(parts, visit, *form);
  if (!program && program.error().kind != ErrorKind::Denied) return problem_of(program.error());
  if (!program) return oauth_error(401, "invalid_client");
  const auto scopes = granted_scopes(field_of(*form, "scope"), program->scopes);
  if (!scopes) return oauth_error(400, "invalid_scope");
  return issue_token(parts, *program, *scopes);
}

/// RFC 7662 2.2. The caller must be somebody; a token of somebody else is inactive to him unless he may see
/// everybody's sessions.
Response introspect(const HttpParts& parts, Visit& visit) {
  const Result<Form> form = form_of(visit.request);
  if (!form || field_of(*form, "token").empty()) return oauth_error(400, "invalid_request");
  Result<Identity> caller = fail(ErrorKind::Denied, "nobody");
  if (visit.identity) {
    caller = *visit.identity;
  } else {
    caller = program_of(parts, visit, *form);
  }
  if (!caller) {
    return caller.error().kind == ErrorKind::Denied ? oauth_error(401, "invalid_client")
                                                    : problem_of(caller.error());
  }
  const Result<Identity> found = parts.identities.by_access_token(field_of(*form, "token"));
  if (!found && found.error().kind != ErrorKind::Denied) return problem_of(found.error());
  const bool may_know =
      found && authorize(actor_of(*caller), "sessions:read", {.resource_id = "", .owner_id = found->user_id});
  if (!may_know) return private_json(200, R"({"active":false})");
  const auto expires = std::chrono::duration_cast<std::chrono::seconds>(found->expires_at.time_since_epoch());
  return private_json(200, json{{"active", true},
                                {"sub", found->user_id},
                                {"username", found->username},
                                {"role", to_string(found->role)},
                                {"scope", join(found->scopes, " ")},
                                {"exp", expires.count()},
                                {"iss", visit.config->issuer},
                                {"token_type", "Bearer"}}
                               .dump());
}

/// RFC 7009 2.2: 200 whatever the token was. An access token ends with its session.
Response revoke_token(const HttpParts& parts, Visit& visit) {
  const Result<Form> form = form_of(visit.request);
  if (!form || field_of(*form, "token").empty()) return oauth_error(400, "invalid_request");
  const std::string token = field_of(*form, "token");
  const Result<bool> ended = end_by_refresh(parts, visit, token, "revoked");
  if (!ended) return problem_of(ended.error());
  if (!*ended) {
    const Result<Identity> found = parts.identities.by_access_token(token);
    if (found && !found->session_id.empty()) {
      const Result<bool> done = end_session(
          parts, visit, {.session_id = found->session_id, .owner_id = found->user_id, .reason = "revoked"});
      if (!done) return problem_of(done.error());
    }
  }
  return private_json(200, "{}");
}

Response jwks(const HttpParts& parts, Visit&) {
  Response response = Response::json(200, parts.keys.current()->jwks());
  response.headers.set("Content-Type", "application/jwk-set+json");
  response.headers.set("Cache-Control", "public, max-age=300");
  return response;
}

/// RFC 8414 2.
Response metadata(const HttpParts&, Visit& visit) {
  const std::string& url = visit.config->public_url;
  Response response = Response::json(
      200, json{{"issuer", visit.config->issuer},
                {"token_endpoint", url + "/oauth2/token"},
                {"introspection_endpoint", url + "/oauth2/introspect"},
                {"revocation_endpoint", url + "/oauth2/revoke"},
                {"jwks_uri", url + "/.well-known/jwks.json"},
                {"grant_types_supported", {"client_credentials"}},
                {"response_types_supported", json::array()},
                {"token_endpoint_auth_methods_supported", {"client_secret_basic", "client_secret_post"}}}
               .dump());
  response.headers.set("Cache-Control", "public, max-age=300");
  return response;
}

/// Clients show who they are in a way of OAuth's own; others by what they have.
constexpr Access kAnyoneAsThemselves{
    .anonymous = true, .session = Access::Login::Any, .programs = Access::Programs::Any};

}  // namespace

void add_oauth_routes(RouteTable& routes) {
  routes.post("/oauth2/token", for_anyone(), token,
              {.name = "oauth_token",
               .summary = "client_credentials: an access token for a program",
               .tag = "OAuth 2.0",
               .request_type = "application/x-www-form-urlencoded",
               .request_schema = "TokenRequest",
               .response_schema = "ProgramToken",
               .error_schema = "OAuthError"});
  routes.post("/oauth2/introspect", kAnyoneAsThemselves, introspect,
              {.name = "oauth_introspect",
               .summary = "Is this token good, and whose is it",
               .tag = "OAuth 2.0",
               .request_type = "application/x-www-form-urlencoded",
               .request_schema = "TokenQuestion",
               .response_schema = "Introspection",
               .error_schema = "OAuthError"});
  routes.post("/oauth2/revoke", kAnyoneAsThemselves, revoke_token,
              {.name = "oauth_revoke",
               .summary = "End the session of a token",
               .tag = "OAuth 2.0",
               .request_type = "application/x-www-form-urlencoded",
               .request_schema = "TokenQuestion",
               .response_schema = "Nothing",
               .error_schema = "OAuthError"});
  routes.get("/.well-known/jwks.json", for_anyone(), jwks,
             {.name = "jwks",
              .summary = "Public keys of the tokens",
              .on_landing = true,
              .tag = "OAuth 2.0",
              .response_type = "application/jwk-set+json",
              .response_schema = "Jwks"});
  routes.get("/.well-known/oauth-authorization-server", for_anyone(), metadata,
             {.name = "oauth_metadata",
              .summary = "Where everything is (RFC 8414)",
              .on_landing = true,
              .tag = "OAuth 2.0",
              .response_schema = "OAuthMetadata"});
}

}  // namespace picket::authd
