// ./picket run --demo from an empty folder: every job is scraped, the history is there, somebody logs in, and Ctrl-C leaves
// nothing behind.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <map>
#include <nlohmann/json.hpp>

#include "base/text/escape.h"
#include "tests/e2e/demo/own_network.h"
#include "tests/support/http_get.h"
#include "tests/support/listening.h"
#include "tests/support/process.h"
#include "tests/support/program.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

const std::string kPrometheus = "http://127.0.0.1:9090";

class DemoRun : public testing::Test {
 protected:
  static void SetUpTestSuite() { enter_own_network(); }
  /// Each daemon is in a group of its own, so that killing that of the script would leave them.
  void TearDown() override {
    if (demo_ && demo_->running()) demo_->stop(seconds(60));
  }

  void start() {
    demo_ = std::make_unique<Process>(
        std::vector<std::string>{std::string(PICKET_SOURCE_DIR) + "/picket", "run", "--demo", "--days", "9",
                                 "--bin", PICKET_BIN_DIR, "--data", dir_.file("run-demo")});
    const bool is_up = wait_until(seconds(180), milliseconds(200), [this] {
      return demo_->output().find("Ctrl-C stops everything") != std::string::npos || !demo_->running();
    });
    ASSERT_TRUE(is_up && demo_->running()) << demo_->output() << demo_->errors();
  }

  /// Values of an instant query by the label `job`.
  static std::map<std::string, double> by_job(const std::string& query) {
    std::map<std::string, double> values;
    const HttpAnswer answer = http_get(kPrometheus + "/api/v1/query?query=" + percent_encode(query));
    if (answer.status != 200) return values;
    const json results = json::parse(answer.body);
    for (const json& result : results.at("data").at("result")) {
      values[result.at("metric").value("job", "")] = std::stod(result.at("value").at(1).get<std::string>());
    }
    return values;
  }

  template <class Holds>
  static void expect_soon(const std::string& query, const Holds& holds) {
    std::map<std::string, double> values;
    const bool held = wait_until(seconds(60), milliseconds(200), [&] {
      values = by_job(query);
      return holds(values);
    });
    EXPECT_TRUE(held) << query << ": " << json(values).dump();
  }

  /// Every query of every board finds something. Rates and alerts need their first minutes. Nothing is asked where the
  /// registry with the packages of the check cannot be reached.
  static void expect_full_boards() {
    constexpr int kSkipped = 77;
    const std::vector<std::string> ask{(PICKET_SOURCE_DIR "/tests/dashboards/packages.sh"),
                                       "with",
                                       PICKET_BOARD_PACKAGES,
                                       find_program("node", "nodejs"),
                                       (PICKET_SOURCE_DIR "/dashboards/check.mjs"),
                                       "--prometheus",
                                       kPrometheus};
    Finished asked;
    const bool are_full = wait_until(seconds(300), seconds(5), [&] {
      asked = run_to_end({.argv = ask}, seconds(240));
      return asked.exit_code == 0 || asked.exit_code == kSkipped;
    });
    EXPECT_TRUE(are_full) << asked.errors;
    fmt::print("{}", asked.output);
  }

  const TempDir dir_;
  std::unique_ptr<Process> demo_;
};

bool all_are_up(const std::map<std::string, double>& up) {
  for (const char* const job : {"prometheus", "health_exporter", "business_exporter", "security_exporter",
                                "alertd", "authd", "shop", "node", "postgres", "redis"}) {
    const auto found = up.find(job);
    if (found == up.end() || found->second != 1) return false;
  }
  return true;
}

bool is_above_zero(const std::map<std::string, double>& values) {
  return !values.empty() && values.begin()->second > 0;
}

TEST_F(DemoRun, ShowsSomethingEverywhereAndEndsWhole) {
  ASSERT_NO_FATAL_FAILURE(start());
  EXPECT_THAT(demo_->output(), HasSubstr("https://localhost:9843/shop"));
  EXPECT_THAT(demo_->output(), HasSubstr("1 to 8"));
  // Live: the history has a sample in five minutes. Visitors come through nginx and authd, and log in.
  expect_soon("min by (job) (min_over_time(up[45s]) and count_over_time(up[45s]) > 1)", all_are_up);
  expect_soon(R"(sum by (job) (increase(http_requests_total{handler="/checkout",code="200"}[1m])))",
              is_above_zero);
  expect_soon(R"(sum by (job) (increase(authd_login_attempts_total{result="success"}[1m])))", is_above_zero);
  expect_soon(R"(sum by (job) (increase(security_http_requests_total{source="shop"}[1m])))", is_above_zero);
  // The day before.
  expect_soon("sum by (job) (increase(business_revenue_minor_units_total[1d]))", is_above_zero);
  expect_soon("job:http_requests:rate5m offset 1d", [](const auto& values) { return values.size() >= 6; });
  expect_full_boards();
  // It would be there since the first evaluation, pending at least.
  EXPECT_EQ(by_job(R"(ALERTS{alertname="Watchdog"})").size(), 1);
  EXPECT_EQ(by_job(R"(ALERTS{alertname="BusinessDailyRevenueLow"})").size(), 0);

  demo_->signal(SIGTERM);
  const auto exit_code = demo_->wait(seconds(30));
  EXPECT_EQ(exit_code, 0) << demo_->output() << demo_->errors();
  for (const int port : {9090, 9093, 9180, 9801, 9802, 9803, 9820, 9821, 9822, 9823, 9824, 9825, 9843, 9844,
                         9100, 9121, 9187}) {
    EXPECT_FALSE(is_listening(port)) << port;
  }
}

}  // namespace
}  // namespace picket::test
