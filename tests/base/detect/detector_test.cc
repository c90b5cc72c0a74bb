#include "base/detect/detector.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <random>
#include <set>

#include "base/files/files.h"
#include "base/text/bytes.h"
#include "base/text/strings.h"
#include "tests/support/field_lines.h"

namespace picket {
namespace {

const Detector& detector() {
  static const Detector built_in = Detector::built_in().value();
  return built_in;
}

/// The lines of a file beside this one, without comments.
std::vector<std::string> lines_of(const std::string& name) {
  const RealFiles files;
  const std::string text =
      files.read(std::string(PICKET_SOURCE_DIR "/tests/base/detect/") + name, 1_MiB).value_or("");
  std::vector<std::string> lines;
  for (const std::string_view line : split(text, '\n')) {
    if (!line.empty() && line.front() != '#') lines.emplace_back(line);
  }
  return lines;
}

/// As the path of a target and as a value.
std::vector<AttackMatch> scan(const Detector& with, const std::string& text) {
  auto matches = with.scan(text, TextPart::Path);
  for (const AttackMatch& match : with.scan(text, TextPart::Value)) {
    const auto is_same = [&match](const AttackMatch& other) { return other.rule == match.rule; };
    if (!std::ranges::any_of(matches, is_same)) matches.push_back(match);
  }
  return matches;
}

std::string rules_of(const std::vector<AttackMatch>& matches) {
  std::string text;
  for (const AttackMatch& match : matches) text += (text.empty() ? "" : " ") + std::string(match.rule);
  return text;
}

TEST(Detector, FindsEveryAttackUnderItsClass) {
  std::set<std::string> used;
  const auto lines = lines_of("attacks.txt");
  EXPECT_GE(lines.size(), 170U);
  for (const std::string& line : lines) {
    const std::size_t blank = line.find(' ');
    const auto matches = scan(detector(), unescape(line.substr(blank + 1)));
    const auto is_kind = [&](const AttackMatch& match) {
      return to_string(match.kind) == line.substr(0, blank);
    };
    EXPECT_TRUE(std::ranges::any_of(matches, is_kind)) << line << "\nfound: " << rules_of(matches);
    for (const AttackMatch& match : matches) used.emplace(match.rule);
  }
  for (const AttackRule& rule : detector().rules()) {
    EXPECT_TRUE(used.contains(rule.id) || !rule.examples.empty()) << rule.id << " is seen by no line";
  }
}

TEST(Detector, FindsNothingInTextThatOnlyLooksLikeAnAttack) {
  const auto lines = lines_of("harmless.txt");
  EXPECT_GE(lines.size(), 165U);
  for (const std::string& line : lines) EXPECT_EQ(rules_of(scan(detector(), unescape(line))), "") << line;
}

TEST(Detector, ReadsWhatIsStillEncodedASecondTime) {
  EXPECT_EQ(rules_of(scan(detector(), "%2e%2e%2f")), "traversal_dots");
  EXPECT_EQ(rules_of(scan(detector(), "%2E%2E/")), "traversal_dots");
  EXPECT_EQ(rules_of(scan(detector(), "%252e%252e%252f")), "traversal_dots");
}

TEST(Detector, ReportsEachRuleOnceHoweverOftenItMatches) {
  EXPECT_EQ(rules_of(scan(detector(), "../../..%2f")), "traversal_dots");
}

TEST(Detector, TakesLongTextForAFindingOfItsOwn) {
  EXPECT_EQ(rules_of(scan(detector(), std::string(Detector::kTextMax, 'a'))), "");
  const auto matches = scan(detector(), std::string(Detector::kTextMax + 1, 'a'));
  ASSERT_EQ(matches.size(), 1U);
  EXPECT_EQ(matches.front().rule, "too_long");
  EXPECT_EQ(matches.front().kind, AttackClass::Unscannable);
}

/// Every rule by itself, without anything that makes it quick.
std::string rules_one_by_one(const std::string& text) {
  static const auto patterns = [] {
    re2::RE2::Options options(re2::RE2::Quiet);
    options.set_encoding(re2::RE2::Options::EncodingLatin1);
    options.set_case_sensitive(false);
    options.set_dot_nl(true);
    std::vector<std::unique_ptr<re2::RE2>> all;
    for (const AttackRule& rule : detector().rules())
      all.push_back(std::make_unique<re2::RE2>(rule.pattern, options));
    return all;
  }();
  std::vector<AttackMatch> matches;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const AttackRule& rule = detector().rules().at(i);
    if (!rule.is_on.at(0)) continue;
    if (re2::RE2::PartialMatch(text, *patterns.at(i))) matches.push_back({rule.id, rule.kind});
  }
  return rules_of(matches);
}

TEST(Detector, FindsInPlainTextWhatEachRuleFinds) {
  const std::vector<std::string> pieces{
      "union",    "select",      "-",         "--",   ".",    "..",      "...",       "/",
      "//",       "/etc/passwd", "etc",       "proc", "self", "environ", ".git",      ".env",
      "config",   "bin",         "/bin/sh",   "bash", "1",    "or",      "a",         "_",
      "wp-admin", "php",         "/dev/tcp/", "x",    "id",   "cat",     "web.config"};
  std::mt19937 random(7);
  int found = 0;
  for (int i = 0; i < 5'000; ++i) {
    std::string text = i % 2 == 0 ? "/" : "";
    for (auto left = random() % 6; left > 0; --left) text += pieces.at(random() % pieces.size());
    const std::string expected = rules_one_by_one(text);
    found += expected.empty() ? 0 : 1;
    ASSERT_EQ(rules_of(detector().scan(text, TextPart::Path)), expected) << text;
  }
  EXPECT_GT(found, 100);
}

TEST(Detector, StaysWithinItsMemoryOnHostileText) {
  const std::vector<std::string> pieces = {"'",      "(",    "<a ",  "${", "{{", "/*",
                                           "union ", "or 1", "\xff", "$(", ";",  "../"};
  for (const std::string& piece : pieces) {
    std::string text;
    while (text.size() + piece.size() <= Detector::kTextMax) text += piece;
    EXPECT_EQ(rules_of(scan(detector(), text)).find("out_of_memory"), std::string::npos) << piece;
  }
}

TEST(Detector, LeavesOutTheRulesThatAHostCannotHave) {
  const std::vector<std::string> left_out = {"scan_wordpress"};
  const auto some = Detector::built_in(left_out);
  ASSERT_TRUE(some) << some.error().message;
  EXPECT_EQ(rules_of(scan(detector(), "/wp-login.php")), "scan_wordpress");
  EXPECT_EQ(rules_of(scan(*some, "/wp-login.php")), "");
  const std::vector<std::string> unknown = {"scan_wordpres"};
  EXPECT_EQ(Detector::built_in(unknown).error().message, "there is no attack rule \"scan_wordpres\"");
}

TEST(AttackRules, AreReadLineByLine) {
  const auto rules = parse_attack_rules("# x\n\nlet a = b+\nlet c = {a}c\nxss  one  {c}{2,}\\p{Greek}\n");
  ASSERT_TRUE(rules) << rules.error().message;
  ASSERT_EQ(rules->size(), 1U);
  EXPECT_EQ(rules->front().id, "one");
  EXPECT_EQ(rules->front().kind, AttackClass::Xss);
  EXPECT_EQ(rules->front().pattern, "(?:(?:b+)c){2,}\\p{Greek}");
}

TEST(AttackRules, SayWhichLineIsWrong) {
  struct Row {
    const char* text;
    const char* message;
  };
  const std::vector<Row> rows = {{"xss a b\nxs c d", "line 2: there is no class \"xs\""},
                                 {"unscannable a b", "line 1: there is no class \"unscannable\""},
                                 {"xss a b\nsql_injection a c", "line 2: the id \"a\" is there twice"},
                                 {"xss A b", "line 1: a rule is: class id pattern, the id of a-z, 0-9 and _"},
                                 {"xss a", "line 1: a rule is: class id pattern, the id of a-z, 0-9 and _"},
                                 {"xss a {b}", "line 1: {b} is no name"},
                                 {"let a b", "line 1: a name is given by: let name = pattern"},
                                 {"let a =", "line 1: a name is given by: let name = pattern"}};
  for (const Row& row : rows) {
    const auto rules = parse_attack_rules(row.text);
    ASSERT_FALSE(rules) << row.text;
    EXPECT_EQ(rules.error().message, row.message);
  }
  const auto twice = parse_attack_rules("xss a b", "xss a b");
  EXPECT_EQ(twice.error().message, "line 1: the id \"a\" is there twice");
}

TEST(AttackRules, ThatRe2RefusesAreNamed) {
  const auto detector = Detector::compile({{AttackClass::Xss, "broken", "(a"}});
  ASSERT_FALSE(detector);
  EXPECT_EQ(detector.error().message, "attack rule \"broken\": missing ): (a");
}

}  // namespace
}  // namespace picket
