// alertd's page at /, of the running program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/e2e/alertd_api/api_daemon.h"
#include "tests/support/prometheus_server.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kRules = R"(groups:
  - name: page
    interval: 1s
    rules:
      - alert: Firing
        expr: vector(1)
        labels: {severity: critical, x: '"><script>alert(1)</script>'}
        annotations: {summary: 'it is {{ $value }}'}
)";

// Its one receiver has no integration: that must be seen before anything else. A datasource that hangs does
// not matter.
TEST(AlertdStartPage, SaysThatNobodyWasToldAlsoWhileTheDatasourceHangs) {
  const TempDir dir;
  PrometheusServer prometheus("global: {scrape_interval: 1s}\n");
  const ApiDaemon alertd("{url: \"" + prometheus.url() + "\"}", {dir.write("rules.yml", kRules)});
  const auto page = [&] { return alertd.get("/", {{"Accept", "text/html"}}); };
  const bool fires = wait_until(std::chrono::seconds(30), [&] {
    return page().body.find("<h1>1 alert fires, nobody was told of it</h1>") != std::string::npos;
  });
  ASSERT_TRUE(fires) << page().body << alertd.log();
  prometheus.process().signal(SIGSTOP);
  const HttpAnswer answer = page();
  prometheus.process().signal(SIGCONT);
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.header("Content-Type"), HasSubstr("text/html"));
  EXPECT_THAT(answer.body, HasSubstr("it is 1"));
  EXPECT_THAT(answer.body, HasSubstr("has no integration"));
  EXPECT_THAT(answer.body, HasSubstr("href=\"./api/v1/rules\""));
  EXPECT_THAT(answer.body, Not(HasSubstr("<script")));
  EXPECT_THAT(answer.body, Not(HasSubstr("href=\"/")));
}

}  // namespace
}  // namespace picket::test
