// Strings, escapes, encodings, regular expressions and suggestions.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "base/text/encoding.h"
#include "base/text/escape.h"
#include "base/text/regex.h"
#include "base/text/strings.h"
#include "base/text/suggest.h"

namespace picket {
namespace {

using std::string_view;
using Strings = std::vector<std::string>;

TEST(StringsText, AreTrimmedSplitAndJoined) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_EQ(split("a,,b,", ','), (std::vector<string_view>{"a", "", "b", ""}));
  EXPECT_EQ(split("", ','), std::vector<string_view>{""});
  EXPECT_EQ(join(Strings{"a", "b", ""}, ", "), "a, b, ");
  EXPECT_EQ(join(Strings{}, ","), "");
  EXPECT_EQ(replace_all("aXbXX", "X", "--"), "a--b----");
  EXPECT_EQ(replace_all("abc", "", "x"), "abc");
  EXPECT_EQ(to_lower("AbZ[Ä"), "abz[Ä");
  EXPECT_EQ(to_upper("abz{ä"), "ABZ{ä");
  EXPECT_TRUE(iequals("Content-Type", "content-TYPE"));
  EXPECT_FALSE(iequals("ab", "abc"));
}

TEST(StringsText, TruncateCutsBetweenCharacters) {
  EXPECT_EQ(truncate("abcdef", 6), "abcdef");
  EXPECT_EQ(truncate("abcdefg", 6), "abc...");
  EXPECT_EQ(truncate("aééé", 6), "aé...");
  EXPECT_EQ(truncate("ééé", 5), "é...");
  EXPECT_EQ(truncate("abcdef", 2), "ab");
  EXPECT_EQ(truncate("\xF0\x9F\x94\xA5zzzz", 6), "...");
  EXPECT_EQ(truncate("\xF0\x9F\x94\xA5zzzz", 7), "\xF0\x9F\x94\xA5...");
  EXPECT_EQ(truncate("abc", 0), "");
}

TEST(Utf8, InvalidPartsBecomeOneReplacementEach) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"plain", "plain"},
      {"grün 🔥", "grün 🔥"},
      {"a\xFFz", "a\uFFFDz"},
      {"\xC0\xAF", "\uFFFD\uFFFD"},                          // overlong
      {"\xE2\x82", "\uFFFD"},                                // cut
      {"\xE2\x82z", "\uFFFDz"},                              // cut by another character
      {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},                // surrogate
      {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},      // past U+10FFFF
      {"\xF1\x80\x80\xE1\x80\xC2z", "\uFFFD\uFFFD\uFFFDz"},  // the standard's own example
      {std::string("\0x", 2), std::string("\0x", 2)},
  };
  for (const auto& [text, repaired] : rows) {
    EXPECT_EQ(repair_utf8(text), repaired);
    EXPECT_EQ(is_valid_utf8(text), text == repaired);
  }
}

TEST(Escape, FitsItsPlace) {
  EXPECT_EQ(escape_html("<a href=\"x\" id='y'>&</a>"),
            "&lt;a href=&#34;x&#34; id=&#39;y&#39;&gt;&amp;&lt;/a&gt;");
  EXPECT_EQ(percent_encode("a-Z_0.~ /ü+"), "a-Z_0.~%20%2F%C3%BC%2B");
  EXPECT_EQ(percent_decode("a%20b+%C3%bc").value(), "a b+ü");
  for (const string_view broken : {"%", "%2", "%zz", "a%2", "%-1"})
    EXPECT_FALSE(percent_decode(broken)) << broken;
  EXPECT_EQ(json_quote(string_view("a\"\\\n\t\x01\0\x7F/\xFFü", 12)),
            "\"a\\\"\\\\\\n\\t\\u0001\\u0000\\u007f/\uFFFDü\"");
  EXPECT_EQ(escape_invisible("\"\u009b \u2028\u2029\u202e\u2066\u200f ü€\u00a0\u2030\""),
            R"("\u009b \u2028\u2029\u202e\u2066\u200f )"
            "ü€\u00a0\u2030\"");
}

TEST(Encoding, MatchesTheRfc4648Vectors) {
  struct Row {
    string_view bytes, base64, base32, hex;
  };
  const std::vector<Row> rows{
      {"", "", "", ""},
      {"f", "Zg==", "MY", "66"},
      {"fo", "Zm8=", "MZXQ", "666f"},
      {"foo", "Zm9v", "MZXW6", "666f6f"},
      {"foob", "Zm9vYg==", "MZXW6YQ", "666f6f62"},
      {"fooba", "Zm9vYmE=", "MZXW6YTB", "666f6f6261"},
      {"foobar", "Zm9vYmFy", "MZXW6YTBOI", "666f6f626172"},
      {"\xFB\xFF\xFE", "+//+", "7P774", "fbfffe"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(base64_encode(row.bytes), row.base64);
    EXPECT_EQ(base64_decode(row.base64).value(), row.bytes);
    EXPECT_EQ(base32_encode(row.bytes), row.base32);
    EXPECT_EQ(base32_decode(to_lower(row.base32)).value(), row.bytes);
    EXPECT_EQ(hex_encode(row.bytes), row.hex);
    EXPECT_EQ(hex_decode(to_upper(row.hex)).value(), row.bytes);
    EXPECT_EQ(base64url_decode(base64url_encode(row.bytes)).value(), row.bytes);
  }
  EXPECT_EQ(base64url_encode("\xFB\xFF\xFE\x01"), "-__-AQ");
  EXPECT_EQ(base64url_decode("-__-AQ==").value(), "\xFB\xFF\xFE\x01");
  EXPECT_EQ(base32_decode("MZXQ====").value(), "fo");
}

TEST(Encoding, RefusesWhatNoEncoderWrites) {
  for (const string_view text :
       {"Zg", "Zg=", "Zh==", "Z===", "====", "Zm9v\n", "Zm-v", "Zm9v=", "Zg==Zg=="}) {
    EXPECT_FALSE(base64_decode(text)) << text;
  }
  for (const string_view text : {"Zh", "Z", "Zm+v", "Zg=", "Zg==="})
    EXPECT_FALSE(base64url_decode(text)) << text;
  for (const string_view text : {"M", "MZ", "M1", "MZX", "MZXQ==="})
    EXPECT_FALSE(base32_decode(text)) << text;
  for (const string_view text : {"6", "6g", "0x66"}) EXPECT_FALSE(hex_decode(text)) << text;
}

TEST(Regex, SearchesMatchesAndGroups) {
  const Regex regex = Regex::compile(R"((\w+)@(?P<host>[a-z.]+)(:\d+)?)").value();
  EXPECT_TRUE(regex.search("to: joe@example.org!"));
  EXPECT_FALSE(regex.full_match("to: joe@example.org!"));
  EXPECT_TRUE(regex.full_match("joe@example.org"));
  EXPECT_EQ(regex.groups("joe@example.org"), (Strings{"joe@example.org", "joe", "example.org", ""}));
  EXPECT_TRUE(regex.groups("nobody").empty());
  EXPECT_EQ(regex.pattern(), R"((\w+)@(?P<host>[a-z.]+)(:\d+)?)");
}

// Go's regexp takes an invalid byte for U+FFFD, one byte wide.
TEST(Regex, MatchesBytesThatAreNoUtf8) {
  const Regex dots = Regex::compile("r(..)e$").value();
  const std::string latin =
      "gr\xf6\xdf"
      "e";
  EXPECT_TRUE(dots.search(latin));
  EXPECT_TRUE(
      dots.search("gr\xc3\xb6\xc3\x9f"
                  "e"));
  EXPECT_FALSE(
      dots.search("gr\xf6"
                  "e"));
  EXPECT_TRUE(Regex::compile("g.{3}e").value().full_match(latin));
  EXPECT_EQ(dots.groups(latin), (Strings{"r\xf6\xdf"
                                         "e",
                                         "\xf6\xdf"}));
  EXPECT_EQ(dots.replace_all(latin, "<$1>"), "g<\xf6\xdf>");
  EXPECT_EQ(Regex::compile("[^a-z]").value().replace_all("\xff"
                                                         "a\xe2\x82"
                                                         "b",
                                                         "-"),
            "-a--b");
  EXPECT_EQ(Regex::compile("x*").value().replace_all("\xff\xfe", "-"), "-\xff-\xfe-");
}

TEST(Regex, NamesTheBrokenFragment) {
  const auto broken = Regex::compile("a(b");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().kind, ErrorKind::InvalidInput);
  EXPECT_NE(broken.error().message.find("missing )"), std::string::npos) << broken.error().message;
  EXPECT_FALSE(Regex::compile("((a{1000}){1000}){1000}"));
}

// Expected values from Go 1.21's regexp.
TEST(Regex, ReplacesAsGoDoes) {
  struct Row {
    string_view pattern, text, replacement, expected;
  };
  const std::vector<Row> rows{
      {"a", "banana", "o", "bonono"},
      {"a(x*)b", "-ab-axxb-", "${1}W", "-W-xxW-"},
      {"a(x*)b", "-ab-axxb-", "$1W", "---"},
      {"a(?P<n>x*)b", "-axxb-", "<$n>", "-<xx>-"},
      {"a", "bab", "$$1", "b$1b"},
      {"a", "bab", "$", "b$b"},
      {"a", "bab", "${x", "b${xb"},
      {"a", "bab", "$9", "bb"},
      {"", "abc", "-", "-a-b-c-"},
      {"", "", "x", "x"},
      {"b*", "abc", "-", "-a-c-"},
      {"", "äö", "-", "-ä-ö-"},
      {"x*", "ä", "-", "-ä-"},
      {"(.*)-(.*)", "a-b", "$2-$1", "b-a"},
      {"^a", "aaa", "x", "xaa"},
      {"a", "xyz", "b", "xyz"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Regex::compile(row.pattern)->replace_all(row.text, row.replacement), row.expected)
        << row.pattern << " on " << row.text << " with " << row.replacement;
  }
}

TEST(Suggest, FindsTheNearestWord) {
  const std::array<std::string, 4> words{"pagerduty", "email", "slack", "sms"};
  EXPECT_EQ(nearest("pagerdty", words), "pagerduty");
  EXPECT_EQ(nearest("emial", words), "email");
  EXPECT_EQ(nearest("slak", words), "slack");
  EXPECT_EQ(nearest("smss", words), "sms");
  EXPECT_EQ(nearest("webhook", words), std::nullopt);
  EXPECT_EQ(nearest("", words), std::nullopt);
  EXPECT_EQ(nearest(std::string(100'000, 'a'), words), std::nullopt);
  EXPECT_EQ(did_you_mean("emali", words), " (did you mean \"email\"?)");
  EXPECT_EQ(did_you_mean("x", words), "");
}

}  // namespace
}  // namespace picket
