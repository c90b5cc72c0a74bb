#include "alertd/series/matcher.h"

#include <gtest/gtest.h>

namespace picket::alertd {
namespace {

Matcher make(MatchOp op, const std::string& value) {
  return Matcher::make(op, "n", value).value();
}

TEST(Matcher, MatchesByItsOperatorAndARegexIsAnchored) {
  struct Case {
    MatchOp op;
    std::string pattern;
    std::string value;
    bool matches;
  };
  const Case cases[] = {
      {MatchOp::Equal, "foo", "foo", true},
      {MatchOp::Equal, "foo", "bar", false},
      {MatchOp::Equal, "", "", true},
      {MatchOp::NotEqual, "foo", "foo", false},
      {MatchOp::NotEqual, "foo", "", true},
      {MatchOp::Regex, "foo", "foobar", false},
      {MatchOp::Regex, "foo.*", "foobar", true},
      {MatchOp::Regex, "a|b", "b", true},
      {MatchOp::Regex, "a|b", "bc", false},
      {MatchOp::Regex, ".*", "", true},
      {MatchOp::Regex, ".+", "", false},
      {MatchOp::Regex, "a.b", "a\nb", true},
      {MatchOp::NotRegex, "foo.*", "bar", true},
      {MatchOp::NotRegex, "foo.*", "foo", false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(make(c.op, c.pattern).matches(c.value), c.matches)
        << to_string(c.op) << c.pattern << " " << c.value;
  }
}

TEST(Matcher, TakesAMissingLabelForAnEmptyOne) {
  EXPECT_TRUE(make(MatchOp::Equal, "").matches(Labels({{"other", "x"}})));
  EXPECT_TRUE(make(MatchOp::NotEqual, "x").matches(Labels()));
  EXPECT_FALSE(make(MatchOp::Regex, ".+").matches(Labels()));
}

TEST(MatcherParser, ReadsBothGrammars) {
  struct Case {
    std::string text;
    std::string read;
  };
  const Case cases[] = {
      {"", "{}"},
      {"{}", "{}"},
      {"  {  }  ", "{}"},
      {"{,}", ""},
      {"foo=bar", R"({foo="bar"})"},
      {"{foo=bar}", R"({foo="bar"})"},
      {R"(severity="critical")", R"({severity="critical"})"},
      {R"({a="b",c=~"d.*"})", R"({a="b",c=~"d.*"})"},
      {R"({ a != "b" , c !~ "d" , })", R"({a!="b",c!~"d"})"},
      {R"("foo bar"="baz")", R"({"foo bar"="baz"})"},
      {R"({"a.b"=~'x'})", R"()"},
      {R"({foo="a,b"})", R"({foo="a,b"})"},
      {R"({foo="\u263A\n"})", "{foo=\"\xE2\x98\xBA\\n\"}"},
      {"{foo=🙂}", "{foo=\"🙂\"}"},
      {"🙂=x", "{\"🙂\"=\"x\"}"},
      {R"(foo=bar\tbaz)", R"({foo="bar\\tbaz"})"},  // classic: unknown escapes stay
      {R"(foo="bar\w")", R"({foo="bar\\w"})"},      // classic, again
      {"foo= bar ", R"({foo="bar"})"},
      {"foo=", R"({foo=""})"},
      {R"(foo=bar"baz)", ""},
      {R"({foo="bar)", ""},
      {R"(foo=~"[")", ""},
      {R"(="x")", ""},
      {R"(foo=="bar")", ""},
      {"foo", ""},
      {R"({a="b"} x)", ""},
  };
  for (const Case& c : cases) {
    const auto matchers = parse_matchers(c.text);
    EXPECT_EQ(matchers ? to_string(*matchers) : "", c.read)
        << c.text << (matchers ? "" : " -> " + matchers.error().message);
  }
}

TEST(MatcherParser, WhatItPrintsItReadsBack) {
  for (const std::string text : {R"({a="b\\c\"d\ne"})", R"({"x y"!~"z|\\d+"})", R"({a="",b!="",c=~""})"}) {
    const auto first = parse_matchers(text);
    ASSERT_TRUE(first) << text << first.error().message;
    EXPECT_EQ(to_string(*first), text);
  }
}

}  // namespace
}  // namespace picket::alertd
