#include "authd/http/oauth_routes.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "authd/http/audit_note.h"
#include "authd/http/endings.h"
#include "authd/http/form_body.h"
#include "authd/http/oauth_client.h"
#include "authd/http/problems.h"
#include "authd/http/user_change.h"
#include "base/json/json.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

using nlohmann::json;

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
  return private_json(200, to_json(json{{"access_token", grant->access_token.reveal()},
                                        {"token_type", "Bearer"},
                                        {"expires_in", seconds.count()},
                                        {"scope", scope}}));
}

Response token(const HttpParts& parts, Visit& visit) {
  const Result<Form> form = form_of(visit.request);
  if (!form) return oauth_error(400, "invalid_request");
  const std::string grant_type = field_of(*form, "grant_type");
  if (grant_type.empty()) return oauth_error(400, "invalid_request");
  if (grant_type != "client_credentials") return oauth_error(400, "unsupported_grant_type");
  OAuthCaller caller = oauth_caller(parts, visit, *form);
  if (caller.refusal) return std::move(*caller.refusal);
  if (!caller.is_client) return oauth_error(401, "invalid_client");
  const auto scopes = granted_scopes(field_of(*form, "scope"), caller.identity->scopes);
  if (!scopes) return oauth_error(400, "invalid_scope");
  return issue_token(parts, *caller.identity, *scopes);
}

/// What RFC 7662 2.2 tells of a token.
struct TokenFacts {
  std::string user_id{}, username{};
  Role role = Role::Guest;
  std::vector<std::string> scopes{};
  WallTime expires_at{};
  bool is_refresh = false;
};

/// Nothing of a token that is not good.
Result<std::optional<TokenFacts>> facts_of(const HttpParts& parts, const std::string& token) {
  const auto refresh = parts.sessions.find_live_refresh(token);
  if (!refresh) return fail(refresh);
  if (*refresh) {
    const User& user = (*refresh)->user;
    const Session& session = (*refresh)->session;
    return TokenFacts{.user_id = user.id,
                      .username = user.username,
                      .role = user.role,
                      .scopes = scopes_of(user.role, session.amr, user.must_change_password),
                      .expires_at = session.absolute_expires_at,
                      .is_refresh = true};
  }
  const Result<Identity> found = parts.identities.by_access_token(token);
  if (!found && found.error().kind == ErrorKind::Denied) return std::nullopt;
  if (!found) return fail(found);
  return TokenFacts{.user_id = found->user_id,
                    .username = found->username,
                    .role = found->role,
                    .scopes = found->scopes,
                    .expires_at = found->expires_at};
}

std::string facts_json(const TokenFacts& facts, const std::string& issuer) {
  const auto expires = std::chrono::duration_cast<std::chrono::seconds>(facts.expires_at.time_since_epoch());
  json object{{"active", true},
              {"sub", facts.user_id},
              {"username", facts.username},
              {"role", to_string(facts.role)},
              {"scope", join(facts.scopes, " ")},
              {"exp", expires.count()},
              {"iss", issuer}};
  if (!facts.is_refresh) object["token_type"] = "Bearer";
  return to_json(object);
}

/// The caller must be somebody; a token of somebody else is inactive to them unless they may see everybody's
/// sessions.
Response introspect(const HttpParts& parts, Visit& visit) {
  const Result<Form> form = form_of(visit.request);
  if (!form || field_of(*form, "token").empty()) return oauth_error(400, "invalid_request");
  OAuthCaller caller = oauth_caller(parts, visit, *form);
  if (caller.refusal) return std::move(*caller.refusal);
  if (!caller.identity) return oauth_error(401, "invalid_client");
  const auto facts = facts_of(parts, field_of(*form, "token"));
  if (!facts) return problem_of(facts.error());
  const bool may_know = *facts && authorize(actor_of(*caller.identity), "sessions:read",
                                            {.resource_id = "", .owner_id = (*facts)->user_id});
  return private_json(200, may_know ? facts_json(**facts, visit.config->issuer) : R"({"active":false})");
}

/// What a token that is to be revoked stands for; nothing when it is not good any more.
struct Revocable {
  std::string owner_id{};
  std::string session_id{};
  std::string token_id{}, client_id{};  ///< of a program's token, which has no session
};

Result<std::optional<Revocable>> revocable_of(const HttpParts& parts, const std::string& token) {
  const auto session = parts.sessions.find_by_refresh(token);
  if (!session) return fail(session);
  if (*session) return Revocable{.owner_id = (*session)->user_id, .session_id = (*session)->id};
  const Result<Identity> found = parts.identities.by_access_token(token);
  if (!found && found.error().kind == ErrorKind::Denied) return std::nullopt;
  if (!found) return fail(found);
  return Revocable{.owner_id = found->user_id,
                   .session_id = found->session_id,
                   .token_id = found->session_id.empty() ? found->token_id : "",
                   .client_id = found->client_id};
}

/// RFC 7009 2.1: was it issued to whoever asks? Logins are a public client's, and having a token is enough; a
/// program shows its secret.
Result<void> may_revoke(const HttpParts& parts, const Visit& visit, const OAuthCaller& caller,
                        const Revocable& revocable) {
  if (!caller.identity) {
    if (revocable.token_id.empty()) return {};
    return fail(ErrorKind::Denied, "a program's token");
  }
  const bool is_its_own = !revocable.token_id.empty() && caller.identity->key_id == revocable.client_id;
  if (is_its_own) return {};
  return may_touch(parts, visit,
                   {.permission = "sessions:revoke",
                    .sight = "sessions:read",
                    .resource_id = revocable.session_id,
                    .owner_id = revocable.owner_id,
                    .what = "token"});
}

Result<void> end_revoked(const HttpParts& parts, const Visit& visit, const Revocable& revocable) {
  if (revocable.token_id.empty()) {
    const Result<bool> ended = end_session(
        parts, visit,
        {.session_id = revocable.session_id, .owner_id = revocable.owner_id, .reason = "revoked"});
    return ended ? Result<void>() : fail(ended);
  }
  if (auto ended = parts.sessions.end_token(revocable.token_id); !ended) return ended;
  return audit(parts, visit,
               {.action = "tokens.revoke",
                .resource = "token:" + revocable.token_id,
                .details = {{"user", revocable.owner_id}, {"client", revocable.client_id}}});
}

/// RFC 7009 2.2: 200 for a token that is not good. An access token ends with its session.
Response revoke_token(const HttpParts& parts, Visit& visit) {
  const Result<Form> form = form_of(visit.request);
  if (!form || field_of(*form, "token").empty()) return oauth_error(400, "invalid_request");
  OAuthCaller caller = oauth_caller(parts, visit, *form);
  if (caller.refusal) return std::move(*caller.refusal);
  if (caller.identity) visit.identity = caller.identity;  // the audit log names who showed a secret
  const auto revocable = revocable_of(parts, field_of(*form, "token"));
  if (!revocable) return problem_of(revocable.error());
  if (!*revocable) return private_json(200, "{}");
  if (const Result<void> may = may_revoke(parts, visit, caller, **revocable); !may) {
    if (!caller.identity) return oauth_error(401, "invalid_client");
    const bool is_refused = may.error().kind == ErrorKind::Denied || may.error().kind == ErrorKind::NotFound;
    return is_refused ? oauth_error(400, "unauthorized_client") : problem_of(may.error());
  }
  const Result<void> done = end_revoked(parts, visit, **revocable);
  return done ? private_json(200, "{}") : problem_of(done.error());
}

Response jwks(const HttpParts& parts, Visit&) {
  Response response = Response::json(200, parts.keys.current()->jwks());
  response.headers.set("Content-Type", "application/jwk-set+json");
  response.headers.set("Cache-Control", "public, max-age=300");
  return response;
}

std::string_view trim_slashes(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

/// RFC 8414 2.
Response metadata(const HttpParts&, Visit& visit) {
  const std::string& url = visit.config->public_url;
  Response response = Response::json(
      200,
      to_json(json{{"issuer", visit.config->issuer},
                   {"token_endpoint", url + "/oauth2/token"},
                   {"introspection_endpoint", url + "/oauth2/introspect"},
                   {"revocation_endpoint", url + "/oauth2/revoke"},
                   {"jwks_uri", url + "/.well-known/jwks.json"},
                   {"grant_types_supported", {"client_credentials"}},
                   {"response_types_supported", json::array()},
                   {"token_endpoint_auth_methods_supported", {"client_secret_basic", "client_secret_post"}},
                   {"introspection_endpoint_auth_methods_supported",
                    {"client_secret_basic", "client_secret_post", "Bearer"}},
                   {"revocation_endpoint_auth_methods_supported",
                    {"client_secret_basic", "client_secret_post", "none"}}}));
  response.headers.set("Cache-Control", "public, max-age=300");
  return response;
}

/// Where RFC 8414 3.1 looks for an issuer with a path.
Response metadata_of_path(const HttpParts& parts, Visit& visit) {
  const std::string& issuer = visit.config->issuer;
  const std::size_t host = issuer.find("://");
  const std::size_t slash = host == std::string::npos ? host : issuer.find('/', host + 3);
  const bool is_ours = slash != std::string::npos &&
                       trim_slashes(issuer.substr(slash)) == trim_slashes(visit.request.path_param("issuer"));
  return is_ours ? metadata(parts, visit) : not_found("There is no such issuer.");
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
  routes.get("/.well-known/oauth-authorization-server/{issuer...}", for_anyone(), metadata_of_path,
             {.name = "oauth_metadata_of_path",
              .summary = "The same, for an issuer with a path",
              .tag = "OAuth 2.0",
              .response_schema = "OAuthMetadata"});
}

}  // namespace picket::authd
