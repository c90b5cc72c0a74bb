#include "authd/sessions/session_config.h"

#include <gtest/gtest.h>

#include "base/files/files.h"

namespace picket::authd {
namespace {

using namespace std::chrono_literals;

Result<SessionConfig> parsed(std::string_view yaml) {
  const RealFiles files;
  return parse_config<SessionConfig>(yaml, "authd.yml", files);
}

TEST(SessionConfig, HasDefaultsThatHold) {
  const SessionConfig config = parsed("{}").value();
  EXPECT_EQ(config.idle, 30min);
  EXPECT_EQ(config.live_max, 100);
  EXPECT_EQ(config.absolute_of(Role::Owner), 12h);
  EXPECT_EQ(config.absolute_of(Role::Admin), 7 * 24h);
}

TEST(SessionConfig, IsReadAndKeepsTheDefaultsOfRolesThatItDoesNotName) {
  const SessionConfig config =
      parsed("{idle: 10m, absolute: 2d, absolute_by_role: {admin: 8h, guest: 1h}, live_max: 3}").value();
  EXPECT_EQ(config.idle, 10min);
  EXPECT_EQ(config.live_max, 3);
  EXPECT_EQ(config.absolute_of(Role::User), 48h);
  EXPECT_EQ(config.absolute_of(Role::Admin), 8h);
  EXPECT_EQ(config.absolute_of(Role::Guest), 1h);
  EXPECT_EQ(config.absolute_of(Role::Owner), 12h);
}

TEST(SessionConfig, NamesWhatIsWrong) {
  struct Row {
    std::string_view yaml, problem;
  };
  for (const Row& row : std::vector<Row>{
           {"idle: 0s", "idle: must be at least 1s"},
           {"absolute: 0s", "absolute: must be at least 1s"},
           {"absolute_by_role: {owner: 0s}", "absolute_by_role.owner: must be at least 1s"},
           {"absolute_by_role: {onwer: 12h}", R"(unknown key "onwer" (did you mean "owner"?))"},
           {"idel: 30m", R"(unknown key "idel" (did you mean "idle"?))"},
           {"live_max: 0", "live_max: must be between 1 and 1000"},
           {"live_max: 1001", "live_max: must be between 1 and 1000"},
       }) {
    const auto config = parsed(row.yaml);
    ASSERT_FALSE(config) << row.yaml;
    EXPECT_NE(config.error().message.find(row.problem), std::string::npos) << config.error().message;
  }
}

}  // namespace
}  // namespace picket::authd
