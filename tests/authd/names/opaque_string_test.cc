// RFC 8265 OpaqueString: the examples of its table 2, and what a keyboard can send.
#include <gtest/gtest.h>

#include "authd/names/opaque_string.h"

namespace picket::authd {
namespace {

struct OpaqueRow {
  const char* typed;
  const char* prepared;
};

TEST(OpaqueString, KeepsEverythingButFormAndSpaces) {
  const OpaqueRow rows[] = {
      {"correct horse battery staple", "correct horse battery staple"},  // the RFC's examples
      {"Correct Horse Battery Staple", "Correct Horse Battery Staple"},
      {"\u03C0\u00DF\u00E5", "\u03C0\u00DF\u00E5"},
      {"Jack of \u2666s", "Jack of \u2666s"},
      {"foo\u1680bar", "foo bar"},  // Ogham space mark
      {"a\u00A0b\u3000c\u2009d", "a b c d"},
      {" lead and trail ", " lead and trail "},
      {"zoe\u0308", "zo\u00EB"},
      {"\uFF21\uFF22", "\uFF21\uFF22"},  // width is kept
      {"\u2460\uFB01", "\u2460\uFB01"},  // so are compatibility forms
      {"\U0001F600\U0001F680", "\U0001F600\U0001F680"},
      {"\u0646\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645",
       "\u0646\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645"},
      {"\u0915\u094D\u200D\u0937", "\u0915\u094D\u200D\u0937"},
  };
  for (const OpaqueRow& row : rows) {
    SCOPED_TRACE(row.typed);
    const auto password = OpaqueString::prepare(row.typed);
    ASSERT_TRUE(password) << password.error().message;
    EXPECT_EQ(password->reveal(), row.prepared);
  }
}

TEST(OpaqueString, RefusesWhatCannotBeTypedAgain) {
  const std::pair<std::string, const char*> rows[] = {
      {"", "password is empty"},
      {"my cat is a \tby", "password: U+0009 is not allowed"},  // the RFC's example
      {std::string("cut\0here", 8), "password: U+0000 is not allowed"},
      {"line\n", "password: U+000A is not allowed"},
      {"mark\u200E", "password: U+200E is not allowed"},
      {"latin\u200Djoin", "password: U+200D is not allowed"},
      {"latin\u200Cjoin", "password: U+200C is not allowed"},
      {"a\u200C\u062E", "password: U+200C is not allowed"},  // joins nothing before it
      {"\u062E\u200Ca", "password: U+200C is not allowed"},  // or after it
      {"\u200C", "password: U+200C is not allowed"},
      {"new\u0378", "password: U+0378 is not allowed"},
      {"mixed \u0661\u06F1", "password: U+0661 is not allowed"},
      {"bad\xff", "password: is not valid UTF-8"},
  };
  for (const auto& [typed, message] : rows) {
    SCOPED_TRACE(testing::PrintToString(typed));
    const auto password = OpaqueString::prepare(typed);
    ASSERT_FALSE(password);
    EXPECT_EQ(password.error().kind, ErrorKind::InvalidInput);
    EXPECT_EQ(password.error().message, message);
  }
}

TEST(OpaqueString, CutsNothingUpTo1KiBAndRefusesMore) {
  EXPECT_EQ(OpaqueString::prepare(std::string(1024, 'p'))->reveal(), std::string(1024, 'p'));
  EXPECT_EQ(OpaqueString::prepare(std::string(1025, 'p')).error().message,
            "password is longer than 1024 bytes");
  EXPECT_FALSE(OpaqueString::prepare(std::string(1 << 20, 'p')));
}

TEST(OpaqueString, CountsCodePointsAfterComposition) {
  EXPECT_EQ(OpaqueString::prepare("zoe\u0308")->length(), 3U);
  EXPECT_EQ(OpaqueString::prepare("\U0001F600\U0001F600")->length(), 2U);
}

static_assert(!fmt::is_formattable<OpaqueString>::value, "a password must not reach a log");

}  // namespace
}  // namespace picket::authd
