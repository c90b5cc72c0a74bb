#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/metrics/exposition.h"
#include "base/time/timestamp.h"
#include "exporters/health/engine/check_record.h"
#include "exporters/health/exposition/health_collector.h"
#include "tests/health/service/fake_prober.h"
#include "tests/support/manual_scheduler.h"

namespace picket::health {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::failure;
using test::success;

constexpr const char* kExpositionConfig = R"(
checks:
- {name: api, group: core, criticality: critical, interval: 15s, degraded_above: 100ms, prober: {fake: {target: "https://api.test/"}}}
- {name: broken, interval: 15s, prober: {fake: {target: "127.0.0.1:1"}}}
- {name: cache, group: core, interval: 15s, prober: {fake: {target: "127.0.0.1:6379"}}}
- {name: database, group: core, interval: 15s, prober: {fake: {target: "127.0.0.1:5432/app"}}}
- {name: disk, interval: 1m, prober: {fake: {target: /var/lib}}}
- {name: disk2, interval: 1m, prober: {fake: {target: /var/lib/x}}}
- {name: gateway, interval: 15s, prober: {fake: {target: 192.0.2.1}}}
- {name: host, interval: 15s, prober: {fake: {target: ""}}}
- {name: mail, interval: 15s, prober: {fake: {target: "mx.test:25"}}}
- {name: name, interval: 15s, prober: {fake: {target: example.test}}}
heartbeats:
- {name: "backup", ttl: 1h}
slos:
- {name: api-availability, objective: 0.999, window: 30d, checks: [api], count_slow: true}
)";

WallTime at(double unix) {
  return from_unix_seconds(unix);
}

ProbeResult https_result() {
  ProbeResult result = success(milliseconds(120));
  result.set_phase(Phase::Resolve, milliseconds(2));
  result.set_phase(Phase::Tls, milliseconds(40));
  result.resolved = AddressCounts{2, 1};
  result.facts = HttpFacts{200, 1234, 1, "2", at(1700000000)};
  TlsFacts tls;
  tls.version = "TLS 1.3";
  tls.cipher = "TLS_AES_256_GCM_SHA384";
  tls.verified = true;
  tls.served = {
      {"CN=api.test",
       "CN=\"Test\\CA\"",
       "0a1b",
       "ff00",
       {"api.test"},
       at(1700000000),
       at(1800000000),
       "EC",
       256,
       "ecdsa-with-SHA256"},
      {"CN=CA", "CN=CA", "01", "ee", {}, at(1600000000), at(1790000000), "RSA", 4096, "RSA-SHA256"}};
  tls.verified_chain = tls.served;
  tls.ocsp = OcspStatus::Good;
  result.tls = tls;
  return result;
}

ProbeResult with(Facts facts) {
  ProbeResult result = success();
  result.facts = std::move(facts);
  return result;
}

FilesystemFacts disk() {
  FilesystemFacts facts;
  facts.mountpoint = "/var/lib";
  facts.device = "/dev/vda1";
  facts.fstype = "ext4";
  facts.size_bytes = 1000;
  facts.avail_bytes = 400;
  facts.files = 100;
  facts.files_free = 60;
  facts.canary = milliseconds(3);
  return facts;
}

SystemFacts host() {
  SystemFacts facts;
  facts.cpu_seconds = {{"idle", 100.5}, {"user", 20}};
  facts.cpus = 2;
  facts.load1 = 0.25;
  facts.memory_size_bytes = 8'000'000'000;
  facts.memory_available_bytes = 4'000'000'000;
  facts.pressure = {{"cpu", 1.5, 0}, {"io", 2, 1}};
  return facts;
}

class ExpositionTest : public ::testing::Test {
 protected:
  ExpositionTest() { configure(kExpositionConfig); }
  void configure(std::string_view text) {
    auto parsed = parse_health_config(text, "health.yml", RealFiles(), test::fake_registry());
    check(parsed.has_value(), "the test's config is fine");
    config_ = std::make_shared<const HealthConfig>(std::move(*parsed));
    records_.clear();
    for (const auto& check : config_->checks) {
      records_.emplace_back(check, nullptr, Moment::of(clock_));
      index_[check->name] = records_.size() - 1;
    }
  }
  void take(const std::string& name, const ProbeResult& result) {
    records_[index_.at(name)].take(result, Moment::of(clock_));
  }
  void run_everything() {
    clock_.advance(seconds(10));
    take("api", https_result());
    RedisFacts redis;
    redis.used_memory_bytes = 1'048'576;
    redis.max_memory_bytes = 0;
    redis.connected_clients = 3;
    redis.role = "master";
    redis.last_save = at(1700000001);
    take("cache", with(redis));
    PostgresFacts postgres;
    postgres.connections = {{"active", 2}, {"idle", 5}};
    postgres.max_connections = 100;
    postgres.in_recovery = false;
    postgres.oldest_transaction_age_seconds = 1.5;
    postgres.transaction_id_age = 12345;
    take("database", with(postgres));
    take("disk", with(disk()));
    take("disk2", with(disk()));
    take("gateway", with(IcmpFacts{3, 2, {milliseconds(1), milliseconds(4)}, 64}));
    take("host", with(host()));
    take("mail", with(SmtpFacts{{{"banner", 220}, {"ehlo", 250}}, true}));
    take("name", with(DnsFacts{0, 2, 1, 0, {{"192.0.2.53:53", 2026010501}}, true}));
    clock_.advance(seconds(15));
    take("broken", failure(FailureReason::Connect, "connection refused"));
    clock_.advance(seconds(5));
  }
  std::string scrape(ExpositionFormat format) {
    HealthCollector collector([this] {
      auto snapshot = std::make_shared<Snapshot>();
      snapshot->config = config_;
      for (CheckRecord& record : records_) snapshot->checks.push_back(record.status(Moment::of(clock_)));
      return snapshot;
    });
    Collector* const collectors[] = {&collector};
    return encode(collectors, format);
  }

  picket::test::ManualClock clock_;
  std::shared_ptr<const HealthConfig> config_;
  std::vector<CheckRecord> records_;
  std::map<std::string, std::size_t> index_;
};

/// Compares with tests/golden/<name>; a difference is written beside the test's binary for inspection.
void expect_golden(const std::string& name, const std::string& text) {
  const std::ifstream file(std::string(PICKET_SOURCE_DIR) + "/tests/golden/" + name);
  std::stringstream wanted;
  wanted << file.rdbuf();
  if (wanted.str() == text) return;
  const std::string actual = std::string(PICKET_BIN_DIR) + "/" + name + ".actual";
  std::ofstream(actual) << text;
  ADD_FAILURE() << "differs from tests/golden/" << name << "; what was written is in " << actual;
}

TEST_F(ExpositionTest, WritesEveryFamilyAsText) {
  run_everything();
  expect_golden("health_metrics.txt", scrape(ExpositionFormat::Text004));
}

TEST_F(ExpositionTest, WritesEveryFamilyAsOpenMetrics) {
  run_everything();
  expect_golden("health_metrics.openmetrics.txt", scrape(ExpositionFormat::OpenMetrics1));
}

TEST_F(ExpositionTest, CountersOfKnownLabelsStartAtZero) {
  const std::string text = scrape(ExpositionFormat::Text004);
  for (const char* series : {"health_check_probe_failures_total{check=\"api\",reason=\"policy\"} 0\n",
                             "health_check_state_seconds_total{check=\"api\",state=\"down\"} 0\n",
                             "health_check_probes_total{check=\"api\"} 0\n",
                             "health_check_state{check=\"backup\",state=\"unknown\"} 1\n",
                             "health_sli_events_total{slo=\"api-availability\"} 0\n"}) {
    EXPECT_NE(text.find(series), std::string::npos) << series;
  }
  EXPECT_EQ(text.find("health_check_up"), std::string::npos);
}

TEST_F(ExpositionTest, WhatIsTooSlowIsAFailureInEveryFamily) {
  configure(R"(
checks: [{name: late, interval: 15s, degraded_above: 100ms, down_above: 300ms, prober: {fake: {target: x}}}]
slos: [{name: s, checks: [late], count_slow: true}]
)");
  for (int i = 0; i < 2; ++i) take("late", success(milliseconds(400)));
  const std::string text = scrape(ExpositionFormat::Text004);
  for (const char* series :
       {"health_check_up{check=\"late\"} 0\n", "health_check_state{check=\"late\",state=\"down\"} 1\n",
        "health_check_consecutive_failures{check=\"late\"} 2\n",
        "health_check_probe_failures_total{check=\"late\",reason=\"timeout\"} 2\n",
        "health_check_slow_probes_total{check=\"late\"} 0\n", "health_sli_errors_total{slo=\"s\"} 2\n",
        "health_sli_events_total{slo=\"s\"} 2\n", "health_slo_objective_ratio{slo=\"s\"} 0.999\n",
        "health_slo_window_seconds{slo=\"s\"} 2592000\n"}) {
    EXPECT_NE(text.find(series), std::string::npos) << series;
  }
  EXPECT_EQ(text.find("health_check_last_success_timestamp_seconds{"), std::string::npos);
}

TEST_F(ExpositionTest, FactsOfAFailedProbeVanish) {
  run_everything();
  take("cache", failure(FailureReason::Auth, "NOAUTH"));
  const std::string text = scrape(ExpositionFormat::Text004);
  EXPECT_EQ(text.find("health_redis_"), std::string::npos);
  EXPECT_NE(text.find("health_check_up{check=\"cache\"} 0\n"), std::string::npos);
}

}  // namespace
}  // namespace picket::health
