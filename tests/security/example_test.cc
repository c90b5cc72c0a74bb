// The shipped security.example.yml, as it is and with its examples in force.
#include <gtest/gtest.h>

#include "base/text/regex.h"
#include "base/text/strings.h"
#include "exporters/security/config/security_config.h"

namespace picket::security {
namespace {

std::string example() {
  const auto text =
      RealFiles().read(std::string(PICKET_SOURCE_DIR) + "/exporters/security/security.example.yml", 1_MiB);
  EXPECT_TRUE(text);
  return text.value_or("");
}

/// Without what stands before the examples' own text.
std::string in_force(const std::string& text, std::string_view mark) {
  std::string out;
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t at = line.find(mark);
    const bool is_example = at != std::string_view::npos && trim(line.substr(0, at)).empty();
    out += is_example ? std::string(line.substr(0, at)) + std::string(line.substr(at + mark.size()))
                      : std::string(line);
    out += '\n';
  }
  return out;
}

TEST(Example, IsValidAndReadsNothing) {
  const std::string text = example();
  const auto config = parse_security_config(text, "security.example.yml", RealFiles());
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_TRUE(config->sources.empty());
  EXPECT_TRUE(config->scans.empty());
}

TEST(Example, ItsExamplesAreValid) {
  const std::string text = in_force(example(), "#- ");
  const auto config = parse_security_config(text, "security.example.yml", RealFiles());
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->sources.size(), 4U);
  EXPECT_EQ(config->scans.size(), 1U);
}

TEST(Example, WhatThisFleetReadsIsValid) {
  const std::string text = in_force(example(), "#run ");
  const auto config = parse_security_config(text, "security.example.yml", RealFiles());
  // @data@ is no absolute path until it is filled in.
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().message.find("must be absolute"), std::string::npos) << config.error().message;
}

}  // namespace
}  // namespace picket::security
