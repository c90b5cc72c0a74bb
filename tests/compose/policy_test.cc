// The policy holds for both combinations of the files, and finds one planted violation of each kind.
#include "tests/compose/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/text/strings.h"
#include "tests/compose/stack_files.h"

namespace picket::test {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::StartsWith;

YamlNode merged(bool with_monitoring) {
  const StackFiles files;
  const Finished config = files.config(with_monitoring);
  EXPECT_EQ(config.exit_code, 0) << config.errors;
  EXPECT_EQ(config.errors, "");
  return tree_of(config.output);
}

std::vector<std::string> names_of(const YamlNode& map) {
  std::vector<std::string> names;
  for (const YamlNode::Entry& entry : map.entries) names.push_back(entry.key);
  std::ranges::sort(names);
  return names;
}

TEST(StackPolicy, HoldsForTheFleetAlone) {
  const YamlNode root = merged(false);
  EXPECT_THAT(policy_findings(root), IsEmpty());
  EXPECT_THAT(
      names_of(*root.find("services")),
      testing::ElementsAre("alertd", "authd", "authd_standby", "business_exporter", "health_exporter",
                           "log_keeper", "nginx", "postgres", "prepare", "redis", "security_exporter"));
}

TEST(StackPolicy, HoldsWithTheMonitoring) {
  const YamlNode root = merged(true);
  EXPECT_THAT(policy_findings(root), IsEmpty());
  EXPECT_THAT(names_of(*root.find("services")),
              testing::IsSupersetOf({"prometheus", "grafana", "node_exporter", "postgres_exporter",
                                     "redis_exporter", "blackbox_exporter", "authd", "nginx"}));
}

struct Planted {
  std::string path;   ///< "services/redis/read_only"
  std::string value;  ///< YAML; "" removes what is there
  std::string finding;
};

void plant(YamlNode& node, std::span<const std::string_view> path, const std::string& value) {
  const auto same = std::ranges::find(node.entries, path.front(), &YamlNode::Entry::key);
  if (path.size() > 1) {
    ASSERT_NE(same, node.entries.end()) << path.front();
    return plant(same->value, path.subspan(1), value);
  }
  if (same != node.entries.end()) node.entries.erase(same);
  if (!value.empty()) node.entries.push_back({std::string(path.front()), {}, tree_of(value)});
}

TEST(StackPolicy, FindsAPlantedViolationOfEachKind) {
  const YamlNode good = merged(true);
  const std::vector<Planted> planted{
      {"services/redis/image", "redis", "redis: image has no version"},
      {"services/redis/image", "redis:latest", "redis: image has no version"},
      {"services/redis/user", "", "redis: user is not a number other than 0"},
      {"services/redis/user", "'0:0'", "redis: user is not a number other than 0"},
      {"services/redis/read_only", "false", "redis: read_only is not true"},
      {"services/redis/cap_drop", "[NET_RAW]", "redis: cap_drop is not ALL"},
      {"services/redis/cap_add", "[SYS_ADMIN]", "redis: cap_add"},
      {"services/redis/security_opt", "", "redis: no-new-privileges is not set"},
      {"services/redis/privileged", "true", "redis: privileged"},
      {"services/redis/devices", "[/dev/kmsg]", "redis: devices"},
      {"services/redis/pid", "host", "redis: pid is host"},
      {"services/redis/ipc", "host", "redis: ipc is host"},
      {"services/redis/userns_mode", "host", "redis: userns_mode is host"},
      {"services/redis/network_mode", "host", "redis: network_mode is the machine's"},
      {"services/redis/mem_limit", "", "redis: no mem_limit"},
      {"services/redis/cpus", "", "redis: no cpus"},
      {"services/redis/pids_limit", "", "redis: no pids_limit"},
      {"services/redis/tmpfs", "[/tmp]", "redis: a tmpfs without a size"},
      {"services/redis/logging", "{driver: json-file}", "redis: its log is not rotated"},
      {"services/redis/healthcheck", "", "redis: no health check"},
      {"services/redis/healthcheck", "{test: [NONE]}", "redis: no health check"},
      {"services/alertd/healthcheck/test", "[CMD, 'true']", "alertd: does not ask itself (--healthcheck)"},
      {"services/redis/restart", "", "redis: restart is not unless-stopped"},
      {"services/nginx/depends_on/authd/condition", "service_started",
       "nginx: starts before what it depends on is healthy"},
      {"services/redis/ports", "['127.0.0.1:6379:6379']", "redis: publishes a port"},
      {"services/nginx/ports", "['443:443']", "nginx: publishes beyond this machine: 443:443"},
      {"services/redis/volumes", "[/data]", "redis: an anonymous volume: /data"},
      {"services/redis/volumes", "['/srv:/data:rw']", "redis: writes to the machine: /srv:/data:rw"},
      {"services/redis/volumes", "['/run/docker.sock:/run/docker.sock:ro']",
       "redis: reaches the container engine"},
      {"services/redis/environment", "{REDIS_PASSWORD: hunter2}",
       "redis: a secret in the environment: REDIS_PASSWORD"},
      {"services/redis/environment", "{DATABASE: 'postgresql://a:b@c/d'}", "redis: a password in DATABASE"},
      {"services/authd/command", "['--storage.dsn=postgresql://a:b@c/d']",
       "authd: a password in its command"},
      {"services/redis/group_add", "", "redis: is not in the group that reads secrets"},
      {"services/redis/networks", "", "redis: is on the default network"},
      {"services/redis/networks", "{edge: {}}", "redis: nginx alone is on the network edge"},
      {"services/redis/networks", "{outside: {}}", "redis: has a way out"},
      {"networks/data/internal", "", "network data: is not internal"},
      {"secrets/tls_key", "{external: true}", "secret tls_key: is no file of its name in secrets/"},
  };
  for (const Planted& row : planted) {
    YamlNode bad = good;
    plant(bad, split(row.path, '/'), row.value);
    EXPECT_THAT(policy_findings(bad), Contains(StartsWith(row.finding))) << row.path << ": " << row.value;
  }
}

}  // namespace
}  // namespace picket::test
