// Both combinations of the files keep to the policy, and it finds each planted violation.
#include "tests/compose/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "base/text/strings.h"
#include "tests/compose/planted.h"
#include "tests/compose/stack_files.h"

namespace picket::test {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::StartsWith;

struct Merged {
  YamlNode root;
  StackPlaces places;
};

Merged merged(bool with_monitoring) {
  const StackFiles files;
  const Finished config = files.config(with_monitoring);
  EXPECT_EQ(config.exit_code, 0) << config.errors;
  EXPECT_EQ(config.errors, "");
  return {tree_of(config.output), {.checkout = kCheckout, .files = files.folder().path()}};
}

std::vector<std::string> names_of(const YamlNode& map) {
  std::vector<std::string> names;
  names.reserve(map.entries.size());
  for (const YamlNode::Entry& entry : map.entries) names.push_back(entry.key);
  std::ranges::sort(names);
  return names;
}

TEST(StackFiles, KeepToThePolicyAlone) {
  const auto [root, places] = merged(false);
  EXPECT_THAT(policy_findings(root, places), IsEmpty());
  EXPECT_THAT(
      names_of(*root.find("services")),
      testing::ElementsAre("alertd", "authd", "authd_standby", "business_exporter", "health_exporter",
                           "log_keeper", "nginx", "postgres", "prepare", "redis", "security_exporter"));
}

TEST(StackFiles, KeepToThePolicyWithTheMonitoring) {
  const auto [root, places] = merged(true);
  EXPECT_THAT(policy_findings(root, places), IsEmpty());
  EXPECT_THAT(names_of(*root.find("services")),
              testing::IsSupersetOf({"prometheus", "grafana", "node_exporter", "postgres_exporter",
                                     "redis_exporter", "blackbox_exporter", "authd", "nginx"}));
}

void plant(YamlNode& node, std::span<const std::string_view> path, const std::string& value) {
  const auto same = std::ranges::find(node.entries, path.front(), &YamlNode::Entry::key);
  if (path.size() > 1) {
    ASSERT_NE(same, node.entries.end()) << path.front();
    return plant(same->value, path.subspan(1), value);
  }
  if (same != node.entries.end()) node.entries.erase(same);
  if (!value.empty()) node.entries.push_back({std::string(path.front()), {}, tree_of(value)});
}

struct Topic {
  std::string name;
  std::vector<Planted> (*planted)();
};
class StackPolicy : public testing::TestWithParam<Topic> {};

TEST_P(StackPolicy, FindsEachPlantedViolation) {
  static const Merged good = merged(true);
  const std::vector<Planted> planted = GetParam().planted();
  for (const Planted& row : planted) {
    YamlNode bad = good.root;
    const std::string value =
        replace_all(replace_all(row.value, "FILES", good.places.files), "CHECKOUT", good.places.checkout);
    plant(bad, split(row.path, '/'), value);
    EXPECT_THAT(policy_findings(bad, good.places), Contains(StartsWith(row.finding)))
        << row.path << ": " << row.value;
  }
  std::cerr << "  " << planted.size() << " violations planted: " << GetParam().name << "\n";
}

INSTANTIATE_TEST_SUITE_P(Topics, StackPolicy,
                         testing::Values(Topic{"rights", planted_rights}, Topic{"limits", planted_limits},
                                         Topic{"course", planted_course}, Topic{"mounts", planted_mounts},
                                         Topic{"networks", planted_networks},
                                         Topic{"secrets", planted_secrets}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace picket::test
