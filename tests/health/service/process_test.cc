// The program itself: started, scraped, reloaded, killed and started again.
#include <gtest/gtest.h>

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <set>

#include <nlohmann/json.hpp>

#include "exporters/health/history/history_store.h"
#include "tests/support/free_port.h"
#include "tests/support/http_get.h"
#include "tests/support/peer_server.h"
#include "tests/support/postgres_server.h"
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
  std::vector<std::string> command(int port) const {
    return {kProgram,          "--config.file",        dir_.file("health.yml"),          "--storage.path",
            dir_.file("data"), "--web.listen-address", fmt::format("127.0.0.1:{}", port)};
  }
  void start() {
    process_ = std::make_unique<Process>(command(port_));
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

TEST_F(HealthExporter, RefusesAFolderThatAnotherProcessUses) {
  configure();
  start();
  const auto second = picket::test::run_to_end({.argv = command(0)});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_NE(second.errors.find(
                fmt::format("health.db.lock is held by health_exporter (process {})", process_->pid())),
            std::string::npos)
      << second.errors;
  EXPECT_EQ(process_->stop(), 0);
  start();  // whoever has ended holds nothing
}

TEST_F(HealthExporter, TwoReplicasOnOneDatabaseWriteOneEventOfAChange) {
  configure("heartbeats: [{name: quiet, ttl: 1s}]\n");
  const std::string dsn = picket::test::PostgresServer::shared().create_schema();
  const int ports[] = {port_, picket::test::free_port()};
  std::vector<std::unique_ptr<Process>> replicas;
  const auto all = [&](const char* series) {
    return wait_until(seconds(20), std::chrono::milliseconds(50), [&] {
      return std::all_of(std::begin(ports), std::end(ports), [&](int port) {
        const std::string text = http_get(fmt::format("http://127.0.0.1:{}/metrics", port)).body;
        return text.find(series) != std::string::npos;
      });
    });
  };
  for (const int port : ports) {
    std::vector<std::string> argv = command(port);
    argv.insert(argv.end(), {"--storage.dsn", dsn});
    replicas.push_back(std::make_unique<Process>(argv));
  }
  ASSERT_TRUE(all("health_check_state{check=\"peer\",state=\"operational\"} 1")) << replicas[0]->errors();
  peer_.stop();
  ASSERT_TRUE(all("health_check_state{check=\"peer\",state=\"down\"} 1"));
  peer_.start();
  ASSERT_TRUE(all("health_check_state{check=\"peer\",state=\"operational\"} 1"));
  ASSERT_TRUE(all("health_check_state{check=\"quiet\",state=\"down\"} 1"));
  for (const auto& replica : replicas) EXPECT_EQ(replica->stop(), 0) << replica->errors();
  const auto store = HistoryStore::open(*sql::Dsn::parse(dsn));
  ASSERT_TRUE(store) << store.error().message;
  std::multiset<std::string> events;
  const auto written = (*store)->events({});
  ASSERT_TRUE(written);
  for (const Event& event : *written) events.insert(event.check + " " + std::string(to_string(*event.to)));
  EXPECT_EQ(events, (std::multiset<std::string>{"peer down", "peer operational", "quiet down"}));
}

TEST_F(HealthExporter, AHeartbeatsTtlAndDeadlineOutliveReloadAndRestart) {
  configure("heartbeats: [{name: backup, ttl: 1s}, {name: nightly, ttl: 3s}]\napi: {token: secret}\n");
  start();
  const auto put = [this](const std::string& name, const std::string& body) {
    return picket::test::http_put(url("/api/v1/health/services/" + name), body,
                                  {{"Authorization", "Bearer secret"}})
        .status;
  };
  ASSERT_EQ(put("backup", R"({"status":"operational","ttl":"25h"})"), 200);
  ASSERT_EQ(put("nightly", R"({"status":"operational"})"), 200);
  EXPECT_EQ(picket::test::http_post(url("/-/reload"), "").status, 200);
  static constexpr const char* kDead = "health_check_state{check=\"nightly\",state=\"down\"}";
  // Each life is shorter than the ttl: only together they are longer.
  for (int lives = 0; value(kDead) != 1; ++lives) {
    ASSERT_LT(lives, 10);
    const double probes = value(kProbes);
    ASSERT_TRUE(reaches(kProbes, probes + 1));
    if (value(kDead) == 1) break;
    ASSERT_EQ(process_->stop(), 0);
    start();
  }
  EXPECT_EQ(value("health_check_state{check=\"backup\",state=\"operational\"}"), 1);
}

TEST_F(HealthExporter, RefusesAPipeAsConfiguration) {
  ASSERT_EQ(mkfifo(dir_.file("health.yml").c_str(), 0600), 0);
  for (const char* flag : {"--config.check", ""}) {
    std::vector<std::string> argv = command(0);
    if (*flag != '\0') argv.emplace_back(flag);
    const auto refused = picket::test::run_to_end({.argv = argv});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_NE(refused.errors.find("health.yml: is not a regular file"), std::string::npos) << refused.errors;
  }
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
