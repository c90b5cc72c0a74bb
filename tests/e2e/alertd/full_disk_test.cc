// alertd whose disk is full: it says so, and goes on when there is room again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/alertd/alertd_process.h"
#include "tests/e2e/alertd/small_disk.h"
#include "tests/support/prometheus_server.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using testing::HasSubstr;

// A pending alert is written at each evaluation.
constexpr std::string_view kPendingForever =
    "groups: [{name: g, interval: 1s, rules: [{alert: A, expr: vector(1), for: 1h}]}]\n";

TEST(AlertFullDisk, IsNotReadyUntilThereIsRoomAgain) {
  SmallDisk disk;
  const PrometheusServer prometheus("global: {scrape_interval: 1s}\n");
  AlertdProcess alertd(
      {.files = {{"alertd.yml",
                  "datasource: {url: '" + prometheus.url() +
                      "'}\nrule_files: [rules.yml]\nroute: {receiver: none}\nreceivers: [{name: none}]\n"},
                 {"rules.yml", std::string(kPendingForever)}},
       .storage = disk.folder(),
       .launcher = disk.launcher()});
  alertd.start();
  disk.fill(alertd.pid());
  const auto ready = [&] { return http_get(alertd.url("/-/ready")); };
  ASSERT_TRUE(wait_until(std::chrono::seconds(20), [&] { return ready().status == 503; })) << alertd.log();
  EXPECT_THAT(ready().body, HasSubstr("the alert database takes nothing: "));
  disk.make_room(alertd.pid());
  EXPECT_TRUE(wait_until(std::chrono::seconds(20), [&] { return ready().status == 200; })) << alertd.log();
}

}  // namespace
}  // namespace picket::test
