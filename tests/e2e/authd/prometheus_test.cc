// Prometheus as a program that logs in: its `oauth2:` block against our token endpoint, its scrapes through
// an nginx that asks authd.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/e2e/authd/auth_daemon.h"
#include "tests/support/nginx_server.h"
#include "tests/support/prometheus_server.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::string guarded_metrics(int authd_port) {
  return fmt::format(
      "server {{ listen 127.0.0.1:@PORT@; "
      "location = /verify {{ internal; proxy_pass http://127.0.0.1:{0}/api/v1/auth/verify; "
      "proxy_pass_request_body off; proxy_set_header Content-Length \"\"; "
      "proxy_set_header X-Original-URL http://$host:$server_port$request_uri; "
      "proxy_set_header X-Forwarded-Host $host:$server_port; "
      "proxy_set_header X-Original-Method $request_method; proxy_set_header X-Forwarded-For $remote_addr; "
      "proxy_set_header X-Forwarded-Uri \"\"; }} "
      "location / {{ auth_request /verify; proxy_pass http://127.0.0.1:{0}; }} }}",
      authd_port);
}

std::string job(const std::string& name, const AuthDaemon& authd, const std::string& secret, int target) {
  return fmt::format(
      "  - job_name: {}\n"
      "    static_configs: [{{targets: ['127.0.0.1:{}']}}]\n"
      "    oauth2: {{client_id: prometheus, client_secret: '{}', token_url: '{}'}}\n",
      name, target, secret, authd.url("/oauth2/token"));
}

TEST(AuthPrometheusTest, ScrapesWithTheTokenOfAnApiKeyAndWithoutOneNothing) {
  AuthDaemon authd({.config = "trusted_proxies: [127.0.0.0/8]\n"
                              "forward_auth: {rules: [{paths: [/metrics], require: one_factor, scopes: "
                              "[\"metrics:read\"]}]}\n"});
  authd.create_user("prometheus", "user", kPassword);
  const std::string access = authd.login("prometheus", kPassword).at("access_token");
  const HttpAnswer made =
      authd.post("/api/v1/api-keys", {{"name", "scrapes"}, {"scopes", {"metrics:read"}}}, access);
  ASSERT_EQ(made.status, 201) << made.body;
  NginxServer nginx(guarded_metrics(authd.port()));
  nginx.start();
  const PrometheusServer prometheus("global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n" +
                                    job("known", authd, json::parse(made.body).at("key"), nginx.port()) +
                                    job("stranger", authd, "pak_wrong", nginx.port()));
  EXPECT_TRUE(wait_until(seconds(30), milliseconds(100), [&] {
    return prometheus.value("up{job='known'}") == 1;
  })) << http_get(prometheus.url("/api/v1/targets")).body;
  EXPECT_TRUE(wait_until(seconds(30), milliseconds(100),
                         [&] { return prometheus.value("up{job='stranger'}") == 0; }));
  EXPECT_EQ(prometheus.value("authd_store_up{job='known'}"), 1);
}

}  // namespace
}  // namespace picket::test
