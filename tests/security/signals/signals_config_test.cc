#include "exporters/security/signals/signals_config.h"

#include <gmock/gmock.h>

namespace picket::security {
namespace {

using testing::HasSubstr;

Result<SignalsConfig> read(std::string_view text) {
  const RealFiles files;
  return parse_config<SignalsConfig>(text, "security.yml", files);
}

TEST(SignalsConfig, OfAnEmptyFileIsTheDefault) {
  const auto config = read("");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->clients_max, 10'000U);
  EXPECT_EQ(config->window, std::chrono::minutes(5));
  EXPECT_TRUE(config->transfers.odd_hours.empty());
}

TEST(SignalsConfig, IsReadWhole) {
  const auto config = read(R"(
window: 2m
quiet: 4m
clients_max: 500
accounts_max: 600
events_per_minute: 7
brute_force: {failures: 5, account_failures: 9}
spraying: {accounts: 6}
stuffing: {clients: 11, accounts: 12, failure_ratio: 0.5}
enumeration: {accounts: 8, not_found: 50}
scraping: {requests: 1000, targets: 300}
transfers:
  transfer_max: 2GiB
  hourly_max: 4GiB
  hourly_min: 1MiB
  deviations: 3.5
  learning_days: 5
  odd_hours: [{times: [{start_time: "00:00", end_time: "06:00"}], location: Europe/Berlin}, {weekdays: [saturday, sunday]}]
  odd_hours_min: 3MiB
)");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->quiet, std::chrono::minutes(4));
  EXPECT_EQ(config->brute_force.account_failures, 9U);
  EXPECT_EQ(config->stuffing.failure_ratio, 0.5);
  EXPECT_EQ(config->scraping.targets, 300U);
  EXPECT_EQ(config->transfers.hourly_max.count, 4ULL << 30);
  EXPECT_EQ(config->transfers.deviations, 3.5);
  ASSERT_EQ(config->transfers.odd_hours.size(), 2U);
  EXPECT_EQ(config->transfers.odd_hours[0].times.at(0).end, 360);
  EXPECT_EQ(config->transfers.odd_hours[0].location, "Europe/Berlin");
  EXPECT_EQ(config->transfers.odd_hours[1].weekdays.size(), 2U);
}

TEST(SignalsConfig, SaysWhatIsWrong) {
  struct Row {
    std::string_view text, problem;
  };
  for (const Row& row : {Row{"window: 10s", "window: must be from 1m to 1h"},
                         Row{"window: 20m", "quiet: must not be shorter than window"},
                         Row{"clients_max: 5", "clients_max: must be from 100 to 100000"},
                         Row{"events_per_minute: 0", "must be from 1 to 1000"},
                         Row{"brute_force: {failures: 1}", "brute_force.failures: must be from 3"},
                         Row{"stuffing: {failure_ratio: .nan}", "failure_ratio"},
                         Row{"transfers: {deviations: 0}", "must be from 1 to 60"},
                         Row{"transfers: {odd_hours: [{location: Nowhere/Land}]}", "Nowhere/Land"},
                         Row{"transfers: {odd_hours: [{}]}", "needs times"},
                         Row{"transfers: {odd_hours: [{weekdays: [someday]}]}", "someday"},
                         Row{"transfers: {odd_hours: [{times: [{start_time: '06:00', end_time: '06:00'}]}]}",
                             "must be after start_time"},
                         Row{"sprayng: {}", "did you mean"}}) {
    const auto config = read(row.text);
    ASSERT_FALSE(config) << row.text;
    EXPECT_THAT(config.error().message, HasSubstr(std::string(row.problem))) << row.text;
  }
}

}  // namespace
}  // namespace picket::security
