#include "base/json/json.h"

#include <gtest/gtest.h>

#include "base/text/escape.h"

namespace picket {
namespace {

using nlohmann::json;

std::string repeated(std::string_view part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

TEST(ToJson, RepairsBytesThatAreNoUtf8InKeysAndValues) {
  for (const char* bytes : {"\xC3", "caf\xE9", "\xED\xA0\x80", "\xF0\x9F\x98", "\xFF"}) {
    const std::string text = to_json(json{{bytes, {bytes, 1}}});
    EXPECT_TRUE(is_valid_utf8(text)) << text;
    EXPECT_NE(text.find("\xEF\xBF\xBD"), std::string::npos) << text;
    EXPECT_TRUE(parse_json(text).has_value()) << text;
    EXPECT_TRUE(is_valid_utf8(to_indented_json(nlohmann::ordered_json{{"b", bytes}, {"a", bytes}})));
  }
}

TEST(ToJson, KeepsTheOrderOfOrderedObjects) {
  EXPECT_EQ(to_json(nlohmann::ordered_json{{"b", 1}, {"a", 2}}), R"({"b":1,"a":2})");
  EXPECT_EQ(to_json(json{{"b", 1}, {"a", 2}}), R"({"a":2,"b":1})");
}

TEST(ParseJson, TakesEveryKindOfValue) {
  for (const char* text :
       {"null", " true\n", "-1.5e3", R"("\u00e9\ud83d\ude00")", "[]", R"({"a":[{"b":null}]})"}) {
    EXPECT_TRUE(parse_json(text).has_value()) << text;
  }
}

TEST(ParseJson, SaysWhereItIsNotJson) {
  struct Row {
    std::string text;
    std::string message;
  };
  const std::string nul("[1,\0]", 5);
  const Row rows[] = {
      {"", "not valid JSON at 1:1: "},
      {"{\"a\": 1,\n  b}", "not valid JSON at 2:3: "},
      {"[1] 2", "not valid JSON at 1:5: "},
      {nul, "not valid JSON at 1:4: a NUL byte"},
      {"[\"\\" + std::string(1, '\0') + "\"]", "not valid JSON at 1:4: a NUL byte"},
      {"\"\xC3(\"", "not valid JSON at 1:3: "},
      {"1e999", "not valid JSON: number overflow"},
      {"[1,]", "not valid JSON at 1:4: "},
  };
  for (const Row& row : rows) {
    const auto parsed = parse_json(row.text);
    ASSERT_FALSE(parsed.has_value()) << row.text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::InvalidInput);
    EXPECT_TRUE(parsed.error().message.starts_with(row.message)) << parsed.error().message;
  }
}

TEST(ParseJson, QuotesLittleOfWhatItRefuses) {
  const auto parsed = parse_json("\"" + std::string(100'000, 'x'));
  ASSERT_FALSE(parsed.has_value());
  EXPECT_LT(parsed.error().message.size(), 300U);
}

TEST(ParseJson, SaysInUtf8WhyItRefuses) {
  for (const std::string text : {"{\"a\":\"\xff\xfe\"}",
                                 "\"gr\xf6\xdf"
                                 "e\"",
                                 "\xf0\x9f"}) {
    const auto refused = parse_json(text);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(is_valid_utf8(refused.error().message)) << refused.error().message;
  }
}

TEST(ParseJson, EndsAtItsLimits) {
  EXPECT_TRUE(parse_json(repeated("[", 64) + repeated("]", 64)).has_value());
  for (const std::string& text :
       {repeated("[", 65), repeated("[", 1'000'000), repeated("{\"a\":", 100'000)}) {
    const auto deep = parse_json(text);
    ASSERT_FALSE(deep.has_value());
    EXPECT_NE(deep.error().message.find("nested deeper than 64 levels"), std::string::npos)
        << deep.error().message;
  }
  EXPECT_TRUE(parse_json("[1,2,3]", {.values = 2}).has_value()) << "two commas";
  EXPECT_FALSE(parse_json("[1,2,3,4]", {.values = 2}).has_value());
  EXPECT_TRUE(parse_json("[1,2]", {.bytes = 5}).has_value());
  EXPECT_FALSE(parse_json("[1,2] ", {.bytes = 5}).has_value());
}

TEST(ParseJson, RefusesARepeatedKeyWhereItIsTold) {
  const JsonLimits unique{.repeated_keys = false};
  EXPECT_EQ(to_json(parse_json(R"({"a":1,"a":2})").value()), R"({"a":2})");
  EXPECT_TRUE(parse_json(R"({"a":{"a":1},"b":[{"a":1},{"a":1}]})", unique).has_value());
  for (const std::string text :
       {R"({"a":1,"a":1})", R"([{"b":{},"b":1}])", R"({"x":{"a":1,"b":2,"a":3}})", R"({"a":1,"\u0061":2})"}) {
    const auto parsed = parse_json(text, unique);
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_NE(parsed.error().message.find("stands twice"), std::string::npos) << parsed.error().message;
  }
}

TEST(ParseJson, KeepsTheOrderWhereItIsTold) {
  EXPECT_EQ(to_json(parse_ordered_json(R"({"b":1,"a":2})").value()), R"({"b":1,"a":2})");
  EXPECT_FALSE(parse_ordered_json(repeated("[", 65)).has_value());
}

TEST(ParseJson, CountsNothingInsideStrings) {
  EXPECT_TRUE(parse_json(R"({"a\\":"[[[[{{{{,,,,\"[[[["})", {.depth = 1, .values = 0}).has_value());
  EXPECT_FALSE(parse_json(R"(["a\\",[1]])", {.depth = 1}).has_value()) << "the string ended before";
}

}  // namespace
}  // namespace picket
