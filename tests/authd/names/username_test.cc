// RFC 8265 UsernameCaseMapped as authd narrows it. Attack rows: variants of one name, a mail address as name,
// characters that break headers and logs.
#include <gtest/gtest.h>

#include <span>

#include "authd/names/login_name.h"
#include "authd/names/username.h"

namespace picket::authd {
namespace {

struct Variant {
  const char* typed;
  const char* key;
};

TEST(Username, HasOneKeyHoweverItIsTyped) {
  const Variant rows[] = {
      {"alice", "alice"},
      {"ALICE", "alice"},
      {"Alice", "alice"},
      {"\uFF21\uFF2C\uFF29\uFF23\uFF25", "alice"},   // full-width letters
      {"user\uFF11\uFF12", "user12"},                // full-width digits
      {"zo\u00EB", "zo\u00EB"},                      // ë composed
      {"zoe\u0308", "zo\u00EB"},                     // and decomposed
      {"ZOE\u0308", "zo\u00EB"},                     // and in capitals
      {"\u0416\u0423\u041A", "\u0436\u0443\u043A"},  // Cyrillic alone is a script like any other
      {"\u03A3\u0399\u0393\u039C\u0391", "\u03C3\u03B9\u03B3\u03BC\u03B1"},
      {"\uFF76\uFF9E", "\u30AC"},  // half-width KA with its voiced mark
      {"\u5C71\u7530\u305F\u308D\u3046", "\u5C71\u7530\u305F\u308D\u3046"},  // Han and Hiragana go together
      {"\u05D3\u05D5\u05D3", "\u05D3\u05D5\u05D3"},                          // Hebrew, right to left
      {"\u0623\u0628\u062F12", "\u0623\u0628\u062F12"},
      {"\u1100\u1161", "\uAC00"},  // two jamo are a syllable
      {"o'brien-smith.jr_2!", "o'brien-smith.jr_2!"},
      {"fu\u00DFball", "fu\u00DFball"},  // the exceptions of RFC 8264 9.6
      {"\u212Aelvin", "kelvin"},         // the Kelvin sign is canonically a K
      {"ce\u00B7la", nullptr},           // a dot between other letters than two l
      {"col\u00B7lecci\u00F3", "col\u00B7lecci\u00F3"},
  };
  for (const Variant& row : rows) {
    SCOPED_TRACE(row.typed);
    const auto name = canonical_username(row.typed);
    ASSERT_EQ(name.has_value(), row.key != nullptr) << (name ? name->key : name.error().message);
    if (!name) continue;
    EXPECT_EQ(name->key, row.key);
    EXPECT_EQ(name->raw, row.typed);
    EXPECT_EQ(canonical_username(name->key)->key, name->key);
  }
}

struct Refused {
  std::string typed;
  const char* reason;
};

void expect_refused(std::span<const Refused> rows) {
  for (const Refused& row : rows) {
    SCOPED_TRACE(testing::PrintToString(row.typed));
    const auto name = canonical_username(row.typed);
    ASSERT_FALSE(name) << name->key;
    EXPECT_EQ(name.error().kind, ErrorKind::InvalidInput);
    EXPECT_EQ(name.error().message, row.reason);
  }
}

TEST(Username, RefusesWhatCouldBeTakenForAnother) {
  const char* confusable = "user name could be taken for another: use letters of one script";
  const Refused rows[] = {
      {"\u0430dmin", confusable},          // Cyrillic a among Latin letters
      {"adm\u0456n", confusable},          // Ukrainian i
      {"\u03BFwner", confusable},          // Greek omicron
      {"\u0430\u0441\u0435", confusable},  // all Cyrillic, looks like "ace"
      {"\u0251dmin", confusable},          // Latin alpha
      {"ad\u043C\u0438\u043Din", confusable},
      {"adm\u0130n", confusable},  // lower case is i with a second dot
      {"user\u0661", "user name mixes writing directions"},
      {"\u0915\u09671", confusable},  // digits of two scripts
  };
  expect_refused(rows);
}

TEST(Username, RefusesWhatIsNoLetterDigitOrPrintableAscii) {
  const Refused rows[] = {
      {"", "user name is empty"},
      {"al ice", "user name is not fit: U+0020 is not allowed"},
      {" alice", "user name is not fit: U+0020 is not allowed"},
      {"alice\u00A0", "user name is not fit: U+00A0 is not allowed"},
      {"al\u200Dice", "user name is not fit: U+200D is not allowed"},         // ZWJ
      {"\u0915\u094D\u200D\u0937", "user name must not hold join controls"},  // where the RFC lets it
      {"al\u200Bice", "user name is not fit: U+200B is not allowed"},         // zero-width space
      {"al\u00ADice", "user name is not fit: U+00AD is not allowed"},         // soft hyphen
      {"alice\u202E", "user name is not fit: U+202E is not allowed"},         // right-to-left override
      {"\u2066alice", "user name is not fit: U+2066 is not allowed"},
      {"alice\uFE0F", "user name is not fit: U+FE0F is not allowed"},  // variation selector
      {std::string("al\0ice", 6), "user name is not fit: U+0000 is not allowed"},
      {"alice\r\nX-Evil: 1", "user name is not fit: U+000D is not allowed"},
      {"alice\n", "user name is not fit: U+000A is not allowed"},
      {"alice\u2028", "user name is not fit: U+2028 is not allowed"},
      {"alice\u0085", "user name is not fit: U+0085 is not allowed"},
      {"alice\x7f", "user name is not fit: U+007F is not allowed"},
      {"\u00AA", "user name is not fit: U+00AA is not allowed"},  // superscript a
      {"\u0132", "user name is not fit: U+0133 is not allowed"},  // ligature IJ
      {"\U0001F600", "user name is not fit: U+1F600 is not allowed"},
      {"\U000E0041", "user name is not fit: U+E0041 is not allowed"},  // tag letter
      {"\u0378", "user name is not fit: U+0378 is not allowed"},       // unassigned
      {"\u0301alice", "user name must not begin with a combining mark"},
      {"\u05D0a", "user name mixes writing directions"},
      {"a\u05D0", "user name mixes writing directions"},
      {"1\u05D0", "user name mixes writing directions"},
      {"\xff\xfe", "user name is not valid UTF-8"},
      {"al\xc0\xaf", "user name is not valid UTF-8"},
      {"\xed\xa0\x80", "user name is not valid UTF-8"},
  };
  expect_refused(rows);
}

TEST(Username, NeverLooksLikeAMailAddressOrEndsABasicHeader) {
  const Refused rows[] = {
      {"bob@example.org", "user name must not hold @ or :"},
      {"bob\uFF20example.org", "user name must not hold @ or :"},  // full-width @
      {"bob\uFE6Bexample.org", "user name is not fit: U+FE6B is not allowed"},
      {"@", "user name must not hold @ or :"},
      {"bob:secret", "user name must not hold @ or :"},
  };
  expect_refused(rows);
}

TEST(Username, GivenNowIsNeitherDotsNorMarkup) {
  for (const char* name : {"alice", "o'brien-smith.jr_2!", "a", "7", "zo\u00EB", "\u5C71\u7530", "x+y~z"}) {
    EXPECT_TRUE(new_username(name)) << name;
    EXPECT_TRUE(is_plain_username(name)) << name;
  }
  for (const char* name : {".",
                           "..",
                           "...",
                           "-",
                           "_._",
                           "<b>x</b>",
                           "a<",
                           "a>b",
                           "a&b",
                           "a\"b",
                           "../../etc/passwd",
                           "a/b",
                           "a\\b",
                           "%2e%2e",
                           "${jndi}",
                           "{{x}}",
                           "a;b",
                           "a,b",
                           "a=b",
                           "a|b",
                           "`id`",
                           "a*",
                           "a?b",
                           "a#b",
                           "(a)",
                           "[a]",
                           "^a",
                           "$a"}) {
    EXPECT_FALSE(new_username(name)) << name;
    EXPECT_FALSE(is_plain_username(name)) << name;
    EXPECT_TRUE(canonical_username(name)) << name << ": who has it already still logs in";
  }
  for (const char* name : {"\uFF0E\uFF0E", "\uFF1Cb\uFF1E"}) EXPECT_FALSE(new_username(name)) << "full width";
  EXPECT_FALSE(is_plain_username(""));
}

TEST(Username, HasFrom1To64CodePoints) {
  std::string wide;
  for (int i = 0; i < 64; ++i) wide += "\u5C71";
  EXPECT_TRUE(canonical_username("a"));
  EXPECT_TRUE(canonical_username(std::string(64, 'a')));
  EXPECT_TRUE(canonical_username(wide));
  const Refused rows[] = {
      {std::string(65, 'a'), "user name is too long"},
      {wide + "a", "user name is too long"},
      {std::string(1 << 20, 'a'), "user name is too long"},
  };
  expect_refused(rows);
}

struct LoginRow {
  const char* typed;
  LoginNameKind kind;
  const char* key;
};

TEST(LoginName, IsAMailAddressExactlyWhenItHoldsAnAt) {
  const LoginRow rows[] = {
      {"Alice", LoginNameKind::Username, "alice"},
      {"Alice@Example.ORG", LoginNameKind::Email, "alice@example.org"},
      {"alice@example.org.", LoginNameKind::Email, "alice@example.org"},
  };
  for (const LoginRow& row : rows) {
    SCOPED_TRACE(row.typed);
    const auto name = parse_login_name(row.typed);
    ASSERT_TRUE(name) << name.error().message;
    EXPECT_EQ(name->kind, row.kind);
    EXPECT_EQ(name->key, row.key);
  }
  for (const char* typed : {"", "a b", "@", "alice@", "alice\uFF20example.org"}) {
    EXPECT_FALSE(parse_login_name(typed)) << typed;
  }
}

}  // namespace
}  // namespace picket::authd
