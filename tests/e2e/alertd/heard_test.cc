// What the chaos test would find: each verdict on messages that earn it.
#include "tests/e2e/alertd/heard.h"

#include <gtest/gtest.h>

namespace picket::test {
namespace {

const Heard kFirst{.key = "1", .alerts = {{"A 0", "firing"}}};

std::string found_in(const std::vector<Heard>& heard) {
  std::string keys;
  for (const Heard& message : unexplained(heard)) keys += message.key;
  return keys;
}

TEST(Heard, TellsTheSameOnlyUnderOneKeyOrForAKeyThatItNames) {
  EXPECT_EQ(found_in({kFirst, {.key = "2", .alerts = kFirst.alerts}}), "2");
  EXPECT_EQ(found_in({kFirst, kFirst}), "");
  EXPECT_EQ(found_in({kFirst, {.key = "2", .supersedes = {"1"}, .alerts = kFirst.alerts}}), "");
  EXPECT_EQ(found_in({kFirst, {.key = "2", .supersedes = {"7"}, .alerts = kFirst.alerts}}), "2");
}

TEST(Heard, TellsNewsUnderANewKey) {
  EXPECT_EQ(found_in({kFirst, {.key = "2", .alerts = {{"A 0", "firing"}, {"A 1", "firing"}}}}), "");
  EXPECT_EQ(found_in({kFirst, {.key = "2", .alerts = {{"A 0", "resolved"}}}}), "");
  EXPECT_EQ(
      found_in(
          {kFirst, {.key = "2", .alerts = {{"A 0", "resolved"}}}, {.key = "3", .alerts = kFirst.alerts}}),
      "");
}

TEST(Heard, MissesAnAlertThatNoMessageHas) {
  EXPECT_EQ(missing({"A 0", "A 1"}, {kFirst}, "firing"), std::set<std::string>{"A 1"});
  EXPECT_EQ(missing({"A 0"}, {kFirst}, "resolved"), std::set<std::string>{"A 0"});
  EXPECT_EQ(repeated_under_their_key({kFirst, kFirst, kFirst}), 2);
}

}  // namespace
}  // namespace picket::test
