// The shipped example is read as it is, and again with every commented-out check in it.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/text/strings.h"
#include "exporters/health/checks/health_config.h"
#include "exporters/health/probers/register_probers.h"
#include "tests/support/temp_dir.h"

namespace picket::health {
namespace {

std::string example() {
  const std::ifstream file(std::string(PICKET_SOURCE_DIR) + "/exporters/health/health.example.yml");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(HealthExample, IsReadAsShipped) {
  const auto config = parse_health_config(example(), "health.example.yml", RealFiles(), all_probers());
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->checks.size(), 5U);
  for (const auto& check : config->checks) {
    const bool local = check->target() == "localhost" || check->target().starts_with('/') ||
                       check->target().find("127.0.0.1") != std::string_view::npos;
    EXPECT_TRUE(local) << check->name << " leaves the machine: " << check->target();
  }
}

TEST(HealthExample, IsReadWithEveryBlockOfIt) {
  const picket::test::TempDir dir;
  for (const char* secret : {"ai.key", "redis.password", "backup.token", "health-api.token"})
    dir.write(secret, "x\n");
  dir.write("database.dsn", "postgresql://probe:x@127.0.0.1:5432/app\n");
  const std::string text = replace_all(example(), "/etc/picket/", dir.path() + "/");
  std::string uncommented;
  bool in_body = false;
  for (const std::string_view line : split(text, '\n')) {
    in_body |= line == "groups:";
    const std::size_t hash = line.find('#');
    const std::string_view rest = hash == std::string_view::npos ? "" : line.substr(hash + 1);
    const bool block = in_body && trim(line).starts_with('#') &&
                       (rest.starts_with("- ") || rest.starts_with("  ") || rest == "api:") &&
                       !rest.starts_with("   curl") && !rest.starts_with("     http");
    uncommented += block ? fmt::format("{}{}\n", line.substr(0, hash), rest) : fmt::format("{}\n", line);
  }
  const auto config = parse_health_config(uncommented, "health.example.yml", RealFiles(), all_probers());
  ASSERT_TRUE(config) << config.error().message;
  std::vector<std::string> names;
  for (const auto& check : config->checks) names.push_back(check->name);
  for (const char* name :
       {"api", "database", "auth", "storage", "ai", "email", "redis", "payments", "nightly-backup"}) {
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
  }
  EXPECT_FALSE(config->api_token.empty());
}

}  // namespace
}  // namespace picket::health
