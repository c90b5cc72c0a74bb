#include "base/detect/rule_set.h"

#include <gtest/gtest.h>

#include "base/detect/attack_rule.h"

namespace picket {
namespace {

std::vector<std::string> problems_of(const char* text) {
  return check_examples(text).value();
}

TEST(RuleSet, FindsWhatTheExamplesOfEveryBuiltInRuleSay) {
  const auto problems = check_examples(attack_rules_text());
  ASSERT_TRUE(problems) << problems.error().message;
  for (const std::string& problem : *problems) ADD_FAILURE() << problem;
}

TEST(RuleSet, NamesEveryExampleThatFails) {
  EXPECT_TRUE(problems_of("xss a b\\x00c\n + ab\\x00c\n - ab\n").empty());
  EXPECT_EQ(problems_of("xss one b\n  + a\n  - a\n  - abc\n"),
            (std::vector<std::string>{"line 2: rule \"one\" does not find its example",
                                      "line 4: rule \"one\" finds what is harmless"}));
  EXPECT_EQ(problems_of("on user_agent\nxss one ^b$\n + b\n - a\nxss two b\n + b\n"),
            std::vector<std::string>{"rule \"two\" has no example that it must not find"});
  EXPECT_EQ(problems_of("xss one b\n - a\n"),
            std::vector<std::string>{"rule \"one\" has no example that it must find"});
}

TEST(RuleSet, SaysWhichLineCannotBeRead) {
  EXPECT_EQ(check_examples("+ a").error().message, "line 1: an example stands below its rule");
  EXPECT_EQ(check_examples("xss a b\n+ \\q").error().message,
            "line 2: an escape is one of \\n \\r \\t \\\\ and \\xHH");
  EXPECT_EQ(check_examples("xss a b\n+ \\x4").error().message,
            "line 2: an escape is one of \\n \\r \\t \\\\ and \\xHH");
  EXPECT_EQ(check_examples("on walls").error().message,
            "line 1: parts are given by: on any, or on path value user_agent");
  EXPECT_EQ(check_examples("# x\nxss a (b").error().message, "line 2: attack rule \"a\": missing ): (b");
}

TEST(RuleSet, HasAVersionAndAHash) {
  const RuleSetVersion known = version_of_rules("# x\nversion 7 b\nxss a b\n");
  EXPECT_EQ(known.version, "7 b");
  EXPECT_EQ(known.sha256.size(), 64U);
  EXPECT_NE(known.sha256, version_of_rules("# x\nversion 7 b\nxss a c\n").sha256);
  EXPECT_EQ(version_of_rules("").version, "");
  EXPECT_FALSE(version_of_rules(attack_rules_text()).version.empty());
}

TEST(RuleSet, HasAnotherHashWithoutSomeOfItsRules) {
  constexpr const char* kRules = "version 7\nxss a b\nxss c d\n";
  const RuleSetVersion whole = version_of_rules(kRules);
  const RuleSetVersion less = version_of_rules(kRules, {"a", "c"});
  EXPECT_EQ(less.version, "7");
  EXPECT_EQ(less.sha256.size(), 64U);
  EXPECT_NE(less.sha256, whole.sha256);
  EXPECT_NE(less.sha256, version_of_rules(kRules, {"a"}).sha256);
  EXPECT_EQ(less.sha256, version_of_rules(kRules, {"c", "a", "c"}).sha256);
}

}  // namespace
}  // namespace picket
