#include "tests/e2e/authd/behind_proxy.h"

#include <fmt/format.h>

#include "tests/support/documentation.h"
#include "tests/support/give_up.h"

namespace picket::test {
namespace {

constexpr const char* kPage = "docs/forward-auth.md";
constexpr const char* kPortal = "https://app.example.org:8443";

// As behind a load balancer: a client is where it says that it is, else on this machine.
constexpr const char* kClientAddress = "set_real_ip_from 127.0.0.1; real_ip_header X-Client-Address; ";

void replace_upstreams(std::string& text, int authd, int app) {
  // First the shorter one: authd may listen on 30001.
  replace_every(text, "127.0.0.1:3000", fmt::format("127.0.0.1:{}", app));
  replace_every(text, "127.0.0.1:9180", fmt::format("127.0.0.1:{}", authd));
}

void replace_certificates(std::string& text, const CertificateFiles& files) {
  replace_every(text, "/etc/ssl/certs/example.org.pem", files.cert);
  replace_every(text, "/etc/ssl/private/example.org.key", files.key);
}

}  // namespace

BehindProxy::BehindProxy(Proxy proxy, const std::string& more_config)
    : app_([](const PeerRequest&) { return PeerAnswer{.body = "the app"}; }) {
  if (proxy == Proxy::Nginx) {
    start_nginx();
  } else {
    start_caddy();
  }
  const std::string config = documented(kPage, "yaml") + "branding: {name: Example}\n" + more_config;
  authd_ = std::make_unique<AuthDaemon>(AuthDaemonOptions{.config = config, .port = authd_port_});
}

void BehindProxy::start_nginx() {
  std::string servers = documented(kPage, "nginx");
  replace_every(servers, "listen 443 ", "listen 127.0.0.1:@PORT@ ");
  replace_every(servers, "listen 8443 ", fmt::format("listen 127.0.0.1:{} ", portal_port_));
  replace_upstreams(servers, authd_port_, app_.port());
  replace_certificates(servers, certificates_.server());
  nginx_ = std::make_unique<NginxServer>(kClientAddress + servers);
  apps_port_ = nginx_->port();
}

void BehindProxy::start_caddy() {
  apps_port_ = free_port();
  std::string sites = documented(kPage, "caddy");
  replace_every(sites, ".example.org:443", fmt::format(".example.org:{}", apps_port_));
  replace_every(sites, ".example.org:8443", fmt::format(".example.org:{}", portal_port_));
  replace_upstreams(sites, authd_port_, app_.port());
  replace_certificates(sites, certificates_.server());
  caddy_ = std::make_unique<CaddyServer>(sites, apps_port_);
}

Browser::Hosts BehindProxy::hosts() const {
  return {{"app.example.org:443", apps_port_},
          {"status.example.org:443", apps_port_},
          {"app.example.org:8443", portal_port_}};
}

HttpAnswer BehindProxy::send(HttpCall call) const {
  call.connect_to = call.url.starts_with(kPortal) ? portal_port_ : apps_port_;
  return http_send(call);
}

HttpAnswer BehindProxy::get(const std::string& url, const HttpHeaders& headers) const {
  return send({.url = url, .headers = headers});
}

HttpAnswer BehindProxy::post(const std::string& url, const std::string& body,
                             const HttpHeaders& headers) const {
  HttpCall call{.method = "POST", .url = url, .headers = headers, .body = body};
  if (!headers.contains("Content-Type"))
    call.headers.emplace("Content-Type", "application/x-www-form-urlencoded");
  return send(std::move(call));
}

std::string BehindProxy::log_in(const std::string& name, const std::string& password) const {
  const nlohmann::json body{{"username", name}, {"password", password}, {"mode", "cookie"}};
  const HttpAnswer answer = post(portal("/api/v1/auth/login"), body.dump(),
                                 {{"Content-Type", "application/json"}, {"Origin", kPortal}});
  if (answer.status != 200) give_up("login of " + name + ": " + answer.body + answer.error + authd_->log());
  const std::string cookie = answer.header("Set-Cookie");
  return cookie.substr(0, cookie.find(';'));
}

std::vector<PeerRequest> BehindProxy::asked_for(const std::string& path) const {
  std::vector<PeerRequest> requests = app_.requests();
  std::erase_if(requests, [&path](const PeerRequest& request) { return request.path != path; });
  return requests;
}

}  // namespace picket::test
