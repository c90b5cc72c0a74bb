// The program itself: started, scraped, reloaded, killed and started again.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <csignal>

#include <nlohmann/json.hpp>

#include "tests/support/free_port.h"
#include "tests/support/http_get.h"
#include "tests/support/peer_server.h"
#include "tests/support/process.h"
#include "tests/support/program.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::health {
namespace {

using picket::test::http_get;
using picket::test::LocalPeer;
using picket::test::Process;
using picket::test::TempDir;
using picket::test::wait_until;
using std::chrono::seconds;

const std::string kProgram = std::string(PICKET_BIN_DIR) + "/health_exporter";

class HealthExporter : public ::testing::Test {
 protected:
  void start() {
    process_ = std::make_unique<Process>(std::vector<std::string>{
        kProgram, "--config.file", dir_.file("health.yml"), "--storage.path", dir_.file("data"),
        "--web.listen-address", fmt::format("127.0.0.1:{}", port_)});
    ASSERT_TRUE(wait_until(seconds(20), [this] { return http_get(url("/-/ready")).status == 200; }))
        << process_->errors();
  }
  void configure(const std::string& extra = "") {
    dir_.write("health.yml", fmt::format(R"(
checks:
- {{name: peer, group: core, criticality: critical, interval: 1s, prober: {{http: {{url: "{}"}}}}}}
{})",
                                         peer_.url("/health"), extra));
  }
  std::string url(const std::string& path) const { return fmt::format("http://127.0.0.1:{}{}", port_, path); }
  /// Value of a series, or -1 when it is not there.
  double value(const std::string& series) const {
    const std::string text = "\n" + http_get(url("/metrics")).body;
    const std::size_t at = text.find("\n" + series + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + series.size() + 2));
  }
  bool reaches(const std::string& series, double least) const {
    return wait_until(seconds(20), std::chrono::milliseconds(50), [&] { return value(series) >= least; });
  }

  TempDir dir_;
  LocalPeer peer_;
  const int port_ = picket::test::free_port();
  std::unique_ptr<Process> process_;
};

constexpr const char* kUp = "health_check_state{check=\"peer\",state=\"operational\"}";
constexpr const char* kDown = "health_check_state{check=\"peer\",state=\"down\"}";
constexpr const char* kProbes = "health_check_probes_total{check=\"peer\"}";

TEST_F(HealthExporter, ProbesShowsAndRemembers) {
  configure();
  start();
  ASSERT_TRUE(reaches(kUp, 1)) << process_->errors();
  peer_.stop();
  ASSERT_TRUE(reaches(kDown, 1));
  EXPECT_GE(value("health_check_probe_failures_total{check=\"peer\",reason=\"connect\"}"), 1);
  EXPECT_EQ(http_get(url("/api/health/detailed")).status, 503);
  EXPECT_EQ(value("health_group_state{group=\"core\",state=\"down\"}"), 1);
  // What was durable before a kill -9 is there afterwards, and so is the event.
  const double probes = value(kProbes);
  ASSERT_TRUE(reaches(kProbes, probes + 2));
  process_->kill9();
  peer_.start();
  start();
  ASSERT_TRUE(reaches(kProbes, probes));
  ASSERT_TRUE(reaches(kUp, 1));
  // The newest event is written beside the state, not before it shows.
  nlohmann::json events;
  const auto both_there = [&] {
    events = nlohmann::json::parse(http_get(url("/api/v1/health/events")).body)["events"];
    return events.size() >= 2;
  };
  ASSERT_TRUE(wait_until(seconds(10), std::chrono::milliseconds(20), both_there)) << events.dump();
  EXPECT_EQ(events[0]["to"], "operational");
  EXPECT_EQ(events[1]["to"], "down");
  EXPECT_EQ(process_->stop(), 0) << process_->errors();
}

TEST_F(HealthExporter, KeepsTheOldConfigWhenTheNewOneIsWrong) {
  configure();
  start();
  ASSERT_TRUE(reaches(kUp, 1));
  configure("nonsense: 1\n");
  const auto refused = picket::test::http_post(url("/-/reload"), "");
  EXPECT_EQ(refused.status, 500);
  EXPECT_NE(refused.body.find("health.yml:4:1: unknown key"), std::string::npos) << refused.body;
  EXPECT_EQ(value("health_exporter_config_last_reload_successful"), 0);
  const double probes = value(kProbes);
  EXPECT_TRUE(reaches(kProbes, probes + 1));
  configure("- {name: second, interval: 1s, prober: {system: {}}}");
  process_->signal(SIGHUP);
  EXPECT_TRUE(reaches("health_check_up{check=\"second\"}", 1));
  EXPECT_GE(value(kProbes), probes);
  EXPECT_EQ(value("health_exporter_config_last_reload_successful"), 1);
}

TEST_F(HealthExporter, MetricsPassPromtool) {
  configure(
      "- {name: host, interval: 1s, prober: {system: {}}}\n- {name: disk, interval: 1s, prober: {filesystem: "
      "{path: /}}}");
  start();
  ASSERT_TRUE(reaches("health_check_up{check=\"disk\"}", 1));
  ASSERT_TRUE(reaches(kUp, 1));
  picket::test::ProcessOptions promtool;
  promtool.argv = {picket::test::find_program("promtool", "prometheus"), "check", "metrics"};
  promtool.stdin_text = http_get(url("/metrics")).body;
  const auto checked = picket::test::run_to_end(promtool);
  EXPECT_EQ(checked.exit_code, 0) << checked.output << checked.errors;
}

TEST_F(HealthExporter, RefusesTheModuleAloneThatItDoesNotServe) {
  const std::string file = dir_.write(
      "blackbox.yml", "modules:\n  good: {prober: http}\n  rpc: {prober: grpc, grpc: {tls: true}}\n");
  const std::string place = file + ":3:17: modules.rpc.prober: \"grpc\" is not supported";
  configure("probe_modules_file: " + file + "\n");
  const auto checked = picket::test::run_to_end(
      {.argv = {kProgram, "--config.file", dir_.file("health.yml"), "--config.check"}});
  EXPECT_EQ(checked.exit_code, 0) << checked.errors;
  EXPECT_NE(checked.errors.find("note: " + place), std::string::npos) << checked.errors;
  start();
  EXPECT_NE(process_->errors().find("probe module not served"), std::string::npos) << process_->errors();
  const auto good = http_get(url("/probe?module=good&target=" + peer_.url("/health")));
  EXPECT_EQ(good.status, 200);
  EXPECT_NE(good.body.find("\nprobe_success 1\n"), std::string::npos) << good.body;
  const auto refused = http_get(url("/probe?module=rpc&target=x"));
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("The module \"rpc\" is not served:\n" + place), std::string::npos)
      << refused.body;
  EXPECT_NE(http_get(url("/probe?module=rpx&target=x")).body.find("did you mean \"rpc\"?"),
            std::string::npos);
}

TEST_F(HealthExporter, ServesWhenNothingCanBeStored) {
  configure();
  dir_.write("data", "a file where the folder should be");
  start();
  ASSERT_TRUE(reaches(kUp, 1)) << process_->errors();
  static constexpr const char* kFailures = "health_exporter_state_write_failures_total{{reason=\"{}\"}}";
  EXPECT_TRUE(wait_until(seconds(20), std::chrono::milliseconds(50), [this] {
    return value(fmt::format(kFailures, "unavailable")) + value(fmt::format(kFailures, "internal")) >= 1;
  }));
  EXPECT_EQ(http_get(url("/api/v1/health/events")).status, 200);
}

TEST_F(HealthExporter, NamesEveryMistakeAndDoesNotStart) {
  dir_.write("health.yml",
             "checks:\n- {name: a, interval: 0s, prober: {redis: {target: nowhere}}}\n- {name: a}\n");
  for (const char* flag : {"--config.check", ""}) {
    std::vector<std::string> argv = {kProgram,         "--config.file",   dir_.file("health.yml"),
                                     "--storage.path", dir_.file("data"), "--web.listen-address",
                                     "127.0.0.1:0"};
    if (*flag != '\0') argv.emplace_back(flag);
    const auto refused = picket::test::run_to_end({.argv = argv});
    const std::string said = refused.output + refused.errors;
    EXPECT_EQ(refused.exit_code, 1) << said;
    for (const char* problem : {"health.yml:2:23: checks[0].interval", "checks[0].prober.redis.target",
                                "health.yml:3:10: checks[1].name: \"a\" is defined twice"}) {
      EXPECT_NE(said.find(problem), std::string::npos) << said;
    }
  }
}

}  // namespace
}  // namespace picket::health
