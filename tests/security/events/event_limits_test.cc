// The limits as people write them.
#include "exporters/security/events/event_limits.h"

#include <gtest/gtest.h>

namespace picket::security {
namespace {

TEST(EventLimits, AreReadAndChecked) {
  const RealFiles files;
  const auto read = [&](const char* text) { return parse_config<EventLimits>(text, "x.yml", files); };
  EXPECT_EQ(read("")->max, 1'000'000U);
  EXPECT_EQ(read("")->retention, std::chrono::hours(720));
  EXPECT_EQ(read("{max: 5000, retention: 7d}")->retention, std::chrono::hours(168));
  const std::vector<std::pair<const char*, const char*>> wrong = {
      {"max: 0", "max: must be between 100 and 100000000"},
      {"max: 1000000000", "between"},
      {"max: -1", "max"},
      {"retention: 1s", "must be between 1h and 3660d"},
      {"retention: 99999d", "3660d"},
      {"retentoin: 1d", "did you mean"}};
  for (const auto& [text, message] : wrong) {
    const auto limits = read(text);
    ASSERT_FALSE(limits) << text;
    EXPECT_NE(limits.error().message.find(message), std::string::npos) << limits.error().message;
  }
}

}  // namespace
}  // namespace picket::security
