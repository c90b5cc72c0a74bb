// Names for the numbers of the shipped rules.
#include "tools/fleet/thresholds.h"

#include <gtest/gtest.h>

#include <optional>

#include "base/files/files.h"
#include "base/text/strings.h"
#include "tools/fleet/run_folder.h"

namespace picket::fleet {
namespace {

using std::chrono::minutes;

Thresholds shipped() {
  return {{"down_for", {minutes(1)}},
          {"failing_ratio", {0.2}},
          {"retries_count", {10.0}},
          {"expires_soon", {Duration(std::chrono::hours(24 * 7))}}};
}

/// What is wrong with an override of the thresholds, "" when nothing is.
std::string problems_with(const std::string& text, Thresholds* out = nullptr) {
  const RealFiles files;
  Problems problems("o.yml");
  const YamlNode root = parse_yaml(text, problems);
  ReadContext context{files, problems};
  Thresholds thresholds = shipped();
  override_thresholds(ValueReader(root, "thresholds", context), thresholds);
  if (out != nullptr) *out = thresholds;
  return problems.empty() ? "" : problems.error().message;
}

TEST(Thresholds, StandInARuleUnderTheirName) {
  const auto filled = fill_in(
      "for: ${down_for}\nexpr: a > ${failing_ratio} and b < ${expires_soon.seconds} + ${retries_count}\n"
      "summary: {{ $labels.check }} {{ $value }} $ {x}\n",
      shipped());
  ASSERT_TRUE(filled) << filled.error().message;
  EXPECT_EQ(*filled,
            "for: 1m\nexpr: a > 0.2 and b < 604800 + 10\nsummary: {{ $labels.check }} {{ $value }} $ {x}\n");
}

TEST(Thresholds, ThatNobodyKnowsAreToldWithTheLine) {
  const struct {
    std::string rules, message;
  } cases[] = {
      {"a\nfor: ${down_fro}\n", "line 2: no threshold \"down_fro\" (did you mean \"down_for\"?)"},
      {"x ${retries_count.seconds}", "line 1: no threshold \"retries_count.seconds\""},
      {"x ${", "line 1: no threshold \"\""},
      {"x ${never ends", "line 1: no threshold \"never ends\""},
  };
  for (const auto& row : cases) {
    const auto filled = fill_in(row.rules, shipped());
    ASSERT_FALSE(filled) << row.rules;
    EXPECT_EQ(filled.error().message, row.message);
  }
}

TEST(Thresholds, AreOverriddenByValuesOfTheirKind) {
  Thresholds thresholds;
  ASSERT_EQ(problems_with("{down_for: 0s, failing_ratio: 0.5, expires_soon: 1h30m}", &thresholds), "");
  EXPECT_EQ(*fill_in("${down_for} ${failing_ratio} ${retries_count} ${expires_soon}", thresholds),
            "0s 0.5 10 1h30m");
}

TEST(Thresholds, RefuseAnOverrideThatMakesNoSense) {
  const struct {
    std::string text, message;
  } cases[] = {
      {"{down_fro: 1m}", "o.yml:1:2: thresholds: unknown key \"down_fro\" (did you mean \"down_for\"?)"},
      {"{down_for: often}",
       "o.yml:1:12: thresholds.down_for: must be a duration such as 30s, 5m or 1h30m, not \"often\""},
      {"{failing_ratio: 1m}", "o.yml:1:17: thresholds.failing_ratio: must be a number, not \"1m\""},
      {"{failing_ratio: 20}", "o.yml:1:17: thresholds.failing_ratio: must be from 0 to 1"},
      {"{retries_count: -1}", "o.yml:1:17: thresholds.retries_count: must not be negative"},
      {"{expires_soon: 0s}", "o.yml:1:16: thresholds.expires_soon: must be more than 0s"},
      {"[1]", "o.yml:1:1: thresholds: must be a map, not a list"},
  };
  for (const auto& row : cases) EXPECT_EQ(problems_with(row.text), row.message) << row.text;
}

TEST(Thresholds, ThatShipAreEachUsedByARule) {
  const RealFiles files;
  const std::string source = PICKET_SOURCE_DIR;
  const auto overrides = overrides_of({.source = source, .folder = source + "/rules/nowhere"}, files);
  ASSERT_TRUE(overrides) << overrides.error().message;
  std::string rules;
  const auto paths = files.glob(source + "/rules/*.yml");
  for (const std::string& path : *paths) rules += *files.read(path, 1_MiB);
  for (const auto& [name, threshold] : overrides->thresholds) {
    const bool is_used = rules.find("${" + name + "}") != std::string::npos ||
                         rules.find("${" + name + ".seconds}") != std::string::npos;
    EXPECT_TRUE(is_used) << name;
  }
}

}  // namespace
}  // namespace picket::fleet
