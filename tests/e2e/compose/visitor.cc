#include "tests/e2e/compose/visitor.h"

#include <chrono>

#include "tests/e2e/authd/auth_daemon.h"
#include "tests/support/give_up.h"

namespace picket::test {
namespace {

using nlohmann::json;

constexpr const char* kApps = "https://picket.example.org";
constexpr const char* kPortal = "https://picket.example.org:8443";
constexpr int kAppsPort = 443, kPortalPort = 8443;

}  // namespace

HttpAnswer Visitor::send(HttpCall call, int port) {
  std::string cookies;
  for (const auto& [name, value] : cookies_) cookies += (cookies.empty() ? "" : "; ") + name + "=" + value;
  if (!cookies.empty()) call.headers.emplace("Cookie", cookies);
  call.ca_file = stack_.certificate();
  call.connect_to = port;
  call.timeout = std::chrono::seconds(30);
  HttpAnswer answer = http_send(call);
  const auto [first, last] = answer.headers.equal_range("Set-Cookie");
  for (auto field = first; field != last; ++field) {
    const std::string pair = field->second.substr(0, field->second.find(';'));
    cookies_[pair.substr(0, pair.find('='))] = pair.substr(pair.find('=') + 1);
  }
  return answer;
}

HttpAnswer Visitor::get(const std::string& path) {
  return send({.url = kApps + path}, kAppsPort);
}

HttpAnswer Visitor::post(const std::string& path, const json& body) {
  HttpHeaders headers{{"Content-Type", "application/json"}, {"Origin", kPortal}};
  if (!csrf_.empty()) headers.emplace("X-CSRF-Token", csrf_);
  return send({.method = "POST", .url = kPortal + path, .headers = std::move(headers), .body = body.dump()},
              kPortalPort);
}

json Visitor::post_well(const std::string& path, const json& body) {
  const HttpAnswer answer = post(path, body);
  if (answer.status != 200) give_up(path + ": " + std::to_string(answer.status) + answer.body + answer.error);
  json said = json::parse(answer.body);
  csrf_ = said.value("csrf_token", csrf_);
  return said;
}

void Visitor::log_in_and_enrol(const std::string& name, const std::string& password) {
  post_well("/api/v1/auth/login", {{"username", name}, {"password", password}, {"mode", "cookie"}});
  const json offer = post_well("/api/v1/auth/2fa/setup", {{"method", "totp"}, {"password", password}});
  app_secret_ = offer.at("secret");
  post_well("/api/v1/auth/2fa/verify", {{"code", app_code(app_secret_, next_step_++)}});
}

void Visitor::log_in(const std::string& name, const std::string& password) {
  csrf_.clear();
  const json step =
      post_well("/api/v1/auth/login", {{"username", name}, {"password", password}, {"mode", "cookie"}});
  post_well("/api/v1/auth/2fa/complete", {{"challenge", step.at("challenge")},
                                          {"method", "totp"},
                                          {"code", app_code(app_secret_, next_step_++)},
                                          {"mode", "cookie"}});
}

}  // namespace picket::test
