// What strangers wrote, made fit to be kept and shown.
#include "exporters/security/events/event_text.h"

#include <gtest/gtest.h>

#include "base/json/json.h"
#include "base/text/escape.h"
#include "tests/security/events/sample_events.h"

namespace picket::security {
namespace {

using test::event;

TEST(ReadableText, IsOneLineOfValidTextWithoutMarks) {
  struct Row {
    std::string text, readable;
  };
  const std::vector<Row> rows = {{"plain", "plain"},
                                 {"two\r\nlines\tand", "two  lines and"},
                                 {"a\xff\xfe"
                                  "b",
                                  "a\xEF\xBF\xBD\xEF\xBF\xBD"
                                  "b"},
                                 {std::string("nul\0bell\a", 9),
                                  "nul\xEF\xBF\xBD"
                                  "bell\xEF\xBF\xBD"},
                                 {"evil\xE2\x80\xAEtxt.exe", "evil\xEF\xBF\xBDtxt.exe"},  // U+202E
                                 {"iso\xE2\x81\xA6late", "iso\xEF\xBF\xBDlate"},          // U+2066
                                 {"c1\xC2\x9B"
                                  "31m",
                                  "c1\xEF\xBF\xBD"
                                  "31m"},  // U+009B
                                 {"zero\xE2\x80\x8Bwidth\xEF\xBB\xBF", "zero\xEF\xBF\xBDwidth\xEF\xBF\xBD"},
                                 {"Gr\xC3\xBC\xC3\x9F"
                                  "e \xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\x98\x80",
                                  "Gr\xC3\xBC\xC3\x9F"
                                  "e \xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\x98\x80"}};
  for (const Row& row : rows) EXPECT_EQ(readable_text(row.text, 100), row.readable);
}

TEST(ReadableText, IsCutBetweenCharacters) {
  EXPECT_EQ(readable_text(std::string(1 << 20, 'x'), 10), "xxxxxxx...");
  EXPECT_EQ(readable_text("0123456789", 10), "0123456789");
  for (std::size_t max = 8; max < 20; ++max) {
    const std::string cut = readable_text(
        "a\xE6\x97\xA5\xE6\x9C\xAC\xE6\x97\xA5\xE6\x9C\xAC\xE6\x97\xA5\xE6\x9C\xAC\xE6\x97\xA5\xE6\x9C\xAC",
        max);
    EXPECT_TRUE(is_valid_utf8(cut));
    EXPECT_LE(cut.size(), max);
    EXPECT_EQ(cut.find("\xEF\xBF\xBD"), std::string::npos) << cut;
  }
}

TEST(ReadableEvent, HasDetailsThatAreAnObjectWhateverTheyWere) {
  for (const std::string& details :
       {std::string(), std::string("{"), std::string("[1]"), std::string("null"), std::string("{\"a\":\xff}"),
        std::string("{\"a\":\"\xff\"}"), std::string(1 << 20, '['),
        "{\"a\":\"" + std::string(5000, 'x') + "\"}", "{\"a\":\"" + std::string(1 << 20, 'x') + "\"}",
        std::string("{\"a\":\"\\u0000\\u202e\"}"),
        std::string("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}")}) {
    SecurityEvent e = event(1);
    e.details = details;
    shorten(e);
    const std::string kept = readable(e).details;
    const auto json = parse_json(kept);
    ASSERT_TRUE(json && json->is_object()) << kept;
    EXPECT_LT(kept.size(), 20'000U);
    EXPECT_EQ(kept.find("\xE2\x80\xAE"), std::string::npos);
    EXPECT_EQ(kept.find("u0000"), std::string::npos) << kept;
  }
  EXPECT_EQ(readable(event(7)).details, event(7).details);
}

TEST(ReadableEvent, IsSmallWhateverItWas) {
  SecurityEvent e = event(1);
  for (std::string* field :
       {&e.id, &e.source, &e.kind, &e.category, &e.client, &e.account, &e.summary, &e.details})
    *field = std::string(1 << 20, '\xff');
  shorten(e);
  EXPECT_LT(e.summary.capacity() + e.account.capacity() + e.details.capacity(), 4096U);
  const SecurityEvent out = readable(e);
  for (const std::string& field :
       {out.id, out.source, out.kind, out.category, out.client, out.account, out.summary, out.details}) {
    EXPECT_TRUE(is_valid_utf8(field));
    EXPECT_LT(field.size(), 4096U);
  }
}

TEST(Severity, IsReadAndWritten) {
  for (const Severity s :
       {Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical})
    EXPECT_EQ(parse_severity(to_string(s)), s);
  EXPECT_FALSE(parse_severity("High"));
  EXPECT_FALSE(parse_severity(""));
}

}  // namespace
}  // namespace picket::security
