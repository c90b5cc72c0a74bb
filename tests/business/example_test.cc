// The shipped example is read as it is, and again with every commented-out block in it.
#include <gtest/gtest.h>

#include "base/text/strings.h"
#include "exporters/business/config/business_config.h"
#include "tests/support/temp_dir.h"

namespace picket::business {
namespace {

std::string example() {
  const auto text =
      RealFiles().read(std::string(PICKET_SOURCE_DIR) + "/exporters/business/business.example.yml", 1_MiB);
  EXPECT_TRUE(text);
  return text.value_or("");
}

TEST(BusinessExample, IsReadAsShipped) {
  const auto config = parse_business_config(example(), "business.example.yml", RealFiles());
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_TRUE(config->queries.empty());
}

TEST(BusinessExample, IsReadWithEveryBlockOfIt) {
  const picket::test::TempDir dir;
  dir.write("app.dsn", "postgresql://picket_reader:x@db.example.org/app\n");
  const std::string text = replace_all(replace_all(example(), "#- ", ""), "/etc/picket/", dir.path() + "/");
  const auto config = parse_business_config(text, "business.example.yml", RealFiles());
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->databases.size(), 1U);
  EXPECT_EQ(config->packs.size(), all_packs().size());
  std::size_t queries = 2;
  for (const Pack& pack : all_packs()) queries += pack.queries.size();
  EXPECT_EQ(config->queries.size(), queries);
}

TEST(BusinessExample, IsReadAsThisFleetRunsIt) {
  const auto config =
      parse_business_config(replace_all(example(), "#run ", ""), "business.example.yml", RealFiles());
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->databases.size(), 1U);
  EXPECT_EQ(config->packs.size(), 3U);
}

}  // namespace
}  // namespace picket::business
