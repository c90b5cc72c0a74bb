#include "tests/e2e/authd/callers.h"

#include "tests/support/give_up.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;

HttpHeaders bearer(const std::string& token) {
  return {{"Authorization", "Bearer " + token}};
}

}  // namespace

Callers::Callers(std::string config)
    : config_(std::move(config)), daemon_({.config = config_ + "sessions: {fresh: 1h}\n"}) {
  daemon_.create_user("olga", "owner", kPassword);
  daemon_.create_user("adam", "admin", kPassword);
  daemon_.create_user("dora", "user", kPassword);
  daemon_.create_user("uwe", "user", kPassword);
  json owner = daemon_.login("olga", kPassword);
  daemon_.enrol(owner, kPassword);
  owner_ = owner.at("access_token");
  const std::string dora =
      json::parse(daemon_.get("/api/v1/auth/me", daemon_.login("dora", kPassword).at("access_token")).body)
          .at("id");
  daemon_.send("PATCH", "/api/v1/users/" + dora, {{"must_change_password", true}}, owner_);
  identity_ = daemon_.verify(owner_, "https://app.example.org/").header("X-Picket-Identity");
  if (identity_.empty()) give_up("no identity token: " + daemon_.log());
  renew();
}

void Callers::renew() {
  half_ = daemon_.login("adam", kPassword).at("access_token");
  due_ = daemon_.login("dora", kPassword).at("access_token");
  user_ = daemon_.login("uwe", kPassword).at("access_token");
  log_in_by_cookie();
}

void Callers::log_in_by_cookie() {
  const HttpAnswer in =
      http_send({.method = "POST",
                 .url = daemon_.url("/api/v1/auth/login"),
                 .headers = {{"Content-Type", "application/json"}, {"Origin", "https://auth.example.org"}},
                 .body = json{{"username", "uwe"}, {"password", kPassword}, {"mode", "cookie"}}.dump()});
  if (in.status != 200) give_up("a login by cookie: " + in.body);
  const std::string field = in.header("Set-Cookie");
  cookie_ = field.substr(0, field.find(';'));
  csrf_ = json::parse(in.body).at("csrf_token");
}

void Callers::age() {
  daemon_.write("authd.yml", config_ + "sessions: {fresh: 1s}\n");
  const auto is_stale = [this] {
    return make_key(owner_, "users:read").status == 403 && make_key(user_, "users:read").status == 403;
  };
  if (daemon_.post("/-/reload", nullptr).status != 200 || !wait_until(std::chrono::seconds(10), is_stale))
    give_up("a proof does not age: " + daemon_.log());
}

HttpAnswer Callers::make_key(const std::string& token, const std::string& scope) {
  return daemon_.post("/api/v1/api-keys", {{"name", "k"}, {"scopes", {scope}}}, token);
}

std::string Callers::key(const std::string& scope) {
  std::string& key = keys_[scope];
  if (!key.empty()) return key;
  const HttpAnswer made = make_key(owner_, scope);
  if (made.status != 201) give_up("a key of " + scope + ": " + made.body);
  key = json::parse(made.body).at("key");
  return key;
}

std::string Callers::program(const std::string& scope) {
  std::string& token = programs_[scope];
  if (!token.empty()) return token;
  const HttpAnswer made = http_send({.method = "POST",
                                     .url = daemon_.url("/oauth2/token"),
                                     .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                                     .body = "grant_type=client_credentials&client_secret=" + key(scope)});
  if (made.status != 200) give_up("a program's token: " + made.body);
  token = json::parse(made.body).at("access_token");
  return token;
}

HttpHeaders Callers::of(const std::string& kind, const std::string& scope) {
  if (kind == "anonymous") return {};
  if (kind == "half_login") return bearer(half_);
  if (kind == "password_due") return bearer(due_);
  if (kind == "session") return bearer(owner_);
  if (kind == "user") return bearer(user_);
  if (kind == "api_key") return {{"X-API-Key", key(scope)}};
  if (kind == "program_token") return bearer(program(scope));
  if (kind == "identity_token") return bearer(identity_);
  return {{"Cookie", cookie_}, {"X-CSRF-Token", csrf_}, {"Origin", "https://auth.example.org"}};
}

}  // namespace picket::test
