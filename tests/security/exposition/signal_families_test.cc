#include "exporters/security/exposition/signal_families.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/metrics/exposition.h"
#include "exporters/security/signals/stable_hash.h"

namespace picket::security {
namespace {

std::string shown(const SignalsSnapshot& signals) {
  ExpositionWriter writer(ExpositionFormat::Text004, {});
  write_signal_families(writer, {&signals, 1});
  writer.finish();
  return std::move(writer.out());
}

TEST(SignalFamilies, AnEstimateIsAWholeNumber) {
  SignalsSnapshot signals{.source = "web"};
  for (const char* client : {"192.0.2.1", "192.0.2.2", "192.0.2.3"})
    signals.distinct.attack_clients[0].add(stable_hash(client));
  ASSERT_NE(signals.distinct.attack_clients[0].estimate(), 3);
  EXPECT_THAT(shown(signals), testing::HasSubstr("security_attack_sources{window=\"5m\"} 3\n"));
}

TEST(SignalFamilies, SayThatALogsClockWentBack) {
  SignalsSnapshot signals{.source = "web"};
  signals.counters.clock_resets = 13;
  EXPECT_THAT(shown(signals), testing::HasSubstr("security_log_clock_resets_total{source=\"web\"} 13\n"));
}

TEST(SignalFamilies, SayOfALimitWhatLogsShow) {
  SignalsSnapshot signals{.source = "web"};
  signals.counters.limits["logins"] = 7;
  EXPECT_THAT(shown(signals),
              testing::HasSubstr("security_rate_limit_violations_total{limit=\"logins\"} 7\n"));
  EXPECT_THAT(shown(signals), testing::Not(testing::HasSubstr("security_rate_limit_checks_total")));
}

}  // namespace
}  // namespace picket::security
