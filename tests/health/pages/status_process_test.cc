// The page of the program itself: behind a proxy with a path prefix, and who may see it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>

#include "base/crypto/bcrypt.h"
#include "tests/support/free_port.h"
#include "tests/support/http_get.h"
#include "tests/support/nginx_server.h"
#include "tests/support/page_faults.h"
#include "tests/support/peer_server.h"
#include "tests/support/process.h"
#include "tests/support/program.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::health {
namespace {

using picket::test::Browser;
using picket::test::Finished;
using picket::test::free_port;
using picket::test::http_get;
using picket::test::HttpAnswer;
using picket::test::HttpCall;
using picket::test::LocalPeer;
using picket::test::NginxServer;
using picket::test::Process;
using picket::test::run_to_end;
using picket::test::TempDir;
using picket::test::wait_until;
using std::chrono::seconds;

std::string program() {
  return std::string(PICKET_BIN_DIR) + "/health_exporter";
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// health_exporter with a service that is up and one that is down.
class StatusPageOfProgram : public ::testing::Test {
 protected:
  void start(const std::vector<std::string>& flags = {}) {
    configure();
    run(flags);
  }
  void configure() const {
    dir_.write("health.yml", fmt::format(R"(
api: {{token: the-token-of-the-api}}
groups: [{{name: core, title: Core services}}, {{name: default}}]
checks:
- {{name: website, group: core, interval: 1s, prober: {{http: {{url: "{}"}}}}}}
- {{name: payments, interval: 1s, prober: {{tcp: {{target: "127.0.0.1:{}"}}}}}}
)",
                                         peer_.url("/"), dead_port_));
  }
  void run(const std::vector<std::string>& flags = {}) {
    std::vector<std::string> argv = {
        program(),         "--config.file",        dir_.file("health.yml"),           "--storage.path",
        dir_.file("data"), "--web.listen-address", fmt::format("127.0.0.1:{}", port_)};
    argv.insert(argv.end(), flags.begin(), flags.end());
    process_ = std::make_unique<Process>(std::move(argv));
    ASSERT_TRUE(wait_until(seconds(20), [&] { return has(process_->errors(), "msg=started"); }))
        << process_->errors();
  }
  std::string url(const std::string& path) const { return fmt::format("http://127.0.0.1:{}{}", port_, path); }
  bool shows(std::string_view text) const {
    return wait_until(seconds(20), std::chrono::milliseconds(50),
                      [&] { return has(http_get(url("/")).body, text); });
  }

  TempDir dir_;
  LocalPeer peer_;
  const int port_ = free_port();
  const int dead_port_ = free_port();
  std::unique_ptr<Process> process_;
};

TEST_F(StatusPageOfProgram, IsFineBehindAPathPrefix) {
  start();
  ASSERT_TRUE(shows("<h1>1 service is down</h1>")) << http_get(url("/")).body;
  ASSERT_TRUE(shows("<span class=\"badge good\">operational</span>"));
  const NginxServer nginx(fmt::format(
      "server {{ listen 127.0.0.1:@PORT@; location /health/ {{ proxy_pass http://127.0.0.1:{}/; }} }}",
      port_));
  Browser browser;
  EXPECT_EQ(picket::test::page_faults_everywhere(browser, nginx.url("/health/"), "health-program"), "");
  EXPECT_EQ(browser.text("tbody tr:first-child td:first-child span"),
            fmt::format("payments\ntcp 127.0.0.1:{}", dead_port_));
  browser.click(".counts li:first-child a");
  EXPECT_EQ(browser.url(), nginx.url("/health/?state=down"));
  browser.click(".inline a");
  browser.click("dt a");
  EXPECT_EQ(browser.url().find(nginx.url("/health/")), 0U) << browser.url();
}

TEST_F(StatusPageOfProgram, HelpsWithTheFirstService) {
  dir_.write("health.yml", "checks: []\n");
  run();
  EXPECT_TRUE(has(http_get(url("/")).body, "<h1>No services yet</h1>"));
  Browser browser;
  browser.open(url("/"));
  dir_.write("health.yml", browser.text("pre code"));  // as the page says
  const Finished checked =
      run_to_end({.argv = {program(), "--config.file", dir_.file("health.yml"), "--config.check"}});
  EXPECT_EQ(checked.exit_code, 0) << checked.errors;
}

TEST_F(StatusPageOfProgram, IsForThoseWhoMayReadTheApi) {
  const std::string hash = bcrypt_hash("a password", 4, "0123456789abcdef").value();
  const std::string web = dir_.write("web.yml", "basic_auth_users: {ops: " + hash + "}\n");
  start({"--web.config.file", web});
  for (const char* path : {"/", "/api/health/detailed", "/api/v1/health/services"}) {
    EXPECT_EQ(http_get(url(path)).status, 401) << path;
    const HttpAnswer page = picket::test::http_send(
        HttpCall{.method = "GET", .url = url(path), .user = "ops", .password = "a password"});
    EXPECT_NE(page.status, 401) << path;
    EXPECT_TRUE(has(page.body, "payments")) << path;
    EXPECT_FALSE(has(page.body, "the-token-of-the-api")) << path;
  }
}

}  // namespace
}  // namespace picket::health
