#include "base/config/yaml.h"

#include <gtest/gtest.h>

#include <string>

#include "base/text/strings.h"

namespace picket {
namespace {

struct Parsed {
  YamlNode root;
  std::string problems;
};

Parsed parse(std::string_view text, const YamlLimits& limits = {}) {
  Problems problems("f.yml");
  YamlNode root = parse_yaml(text, problems, limits);
  return {std::move(root), problems.empty() ? "" : problems.error().message};
}

std::string print(const YamlNode& node);

std::string print_items(const YamlNode& node) {
  std::vector<std::string> items;
  items.reserve(node.items.size());
  for (const YamlNode& item : node.items) items.push_back(print(item));
  return "[" + join(items, ",") + "]";
}

std::string print_entries(const YamlNode& node) {
  std::vector<std::string> entries;
  entries.reserve(node.entries.size());
  for (const YamlNode::Entry& entry : node.entries) {
    entries.push_back(fmt::format("{}@{}:{}={}", entry.key, entry.key_position.line,
                                  entry.key_position.column, print(entry.value)));
  }
  return "{" + join(entries, ",") + "}";
}

std::string print_value(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::Null:
      return "null";
    case YamlNode::Kind::Scalar:
      return node.quoted ? "'" + node.scalar + "'" : node.scalar;
    case YamlNode::Kind::Sequence:
      return print_items(node);
    case YamlNode::Kind::Map:
      return print_entries(node);
  }
  return "";
}

/// `{a@1:1=[x@1:5,null@1:8]}`: the whole tree with the place of everything, on one line.
std::string print(const YamlNode& node) {
  return fmt::format("{}@{}:{}", print_value(node), node.position.line, node.position.column);
}

struct TreeCase {
  std::string_view text;
  std::string_view tree;
};

TEST(Yaml, GivesEveryValueWithItsPlace) {
  const TreeCase cases[] = {
      {"", "null@0:0"},
      {"# nothing but a comment\n", "null@0:0"},
      {"a: 1\n", "{a@1:1=1@1:4}@1:1"},
      {"---\na: 1\n...\n", "{a@2:1=1@2:4}@2:1"},
      {"%YAML 1.2\n---\na: 1\n", "{a@3:1=1@3:4}@3:1"},
      {"\xef\xbb\xbf"
       "a: 1\n",
       "{a@1:1=1@1:4}@1:1"},
      {"a: 1\r\nb: 2\r\n", "{a@1:1=1@1:4,b@2:1=2@2:4}@1:1"},
      {"a:\n  - x\n  - y: 1\n    z: 2\n", "{a@1:1=[x@2:5,{y@3:5=1@3:8,z@4:5=2@4:8}@3:5]@2:3}@1:1"},
      {"{a: [1,\t2], b: {}}", "{a@1:2=[1@1:6,2@1:9]@1:5,b@1:13={}@1:16}@1:1"},
      {"a: ~\nb: null\nc: Null\nd: NULL\n",
       "{a@1:1=null@1:4,b@2:1=null@2:4,c@3:1=null@3:4,d@4:1=null@4:4}@1:1"},
      {"a:\n\n\nb: 1\n", "{a@1:1=null@1:1,b@4:1=1@4:4}@1:1"},
      {"a: ''\nb: 'yes'\nc: \"~\"\n", "{a@1:1=''@1:4,b@2:1='yes'@2:4,c@3:1='~'@3:4}@1:1"},
      {"a: !!int 1\nb: !!str 1\n", "{a@1:1=1@1:4,b@2:1='1'@2:4}@1:1"},
      {"a: 'it''s'\nb: \"q\\\"q\" # don't\n", "{a@1:1='it's'@1:4,b@2:1='q\"q'@2:4}@1:1"},
      {"a: >-\n  x\n  y\nb: e#f #g\n", "{a@1:1='x y'@1:4,b@4:1=e#f@4:4}@1:1"},
  };
  for (const TreeCase& row : cases) {
    SCOPED_TRACE(row.text);
    const Parsed parsed = parse(row.text);
    EXPECT_EQ(parsed.problems, "");
    EXPECT_EQ(print(parsed.root), row.tree);
  }
}

TEST(Yaml, ExpandsAnchorsAliasesAndMergeKeys) {
  const TreeCase cases[] = {
      {"a: &x 5m\nb: *x\n", "{a@1:1=5m@1:4,b@2:1=5m@2:4}@1:1"},
      {"a: &x {k: 1}\nb: *x\n", "{a@1:1={k@1:8=1@1:11}@1:4,b@2:1={k@1:8=1@1:11}@2:4}@1:1"},
      {"a: &x [&y 1, *y]\nb: [*y, *x]\n",
       "{a@1:1=[1@1:8,1@1:14]@1:4,b@2:1=[1@2:5,[1@1:8,1@1:14]@2:9]@2:4}@1:1"},
      // The map's own key wins over the merged one, wherever `<<` stands.
      {"a: &x {k: 1, l: 2}\nb:\n  <<: *x\n  k: 9\n",
       "{a@1:1={k@1:8=1@1:11,l@1:14=2@1:17}@1:4,b@2:1={k@4:3=9@4:6,l@1:14=2@1:17}@3:3}@1:1"},
      // Of several maps the first wins.
      {"<<: [{k: 1}, {k: 2, l: 3}]\n", "{k@1:7=1@1:10,l@1:21=3@1:24}@1:1"},
      {"'<<': 1\n", "{<<@1:1=1@1:7}@1:1"},
  };
  for (const TreeCase& row : cases) {
    SCOPED_TRACE(row.text);
    const Parsed parsed = parse(row.text);
    EXPECT_EQ(parsed.problems, "");
    EXPECT_EQ(print(parsed.root), row.tree);
  }
}

struct ProblemCase {
  std::string_view text;
  std::string_view problems;
};

TEST(Yaml, NamesThePlaceOfEveryProblem) {
  const std::string_view unclosed = "the quote that opens here is never closed";
  const std::string_view tab = "(the line is indented with a tab; YAML allows only spaces)";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a: 1\nb: 2\na: 3\n", "f.yml:3:1: duplicate key \"a\" (first on line 1)"},
      {"x:\n  {a: 1, a: 2}", "f.yml:2:10: duplicate key \"a\" (first on line 2)"},
      {"a: 1\n---\nb: 2\n", "f.yml:2:1: a second document starts here; a file holds one"},
      {"- a\nb: 1\n",
       "f.yml:2:1: does not belong to the value before it (wrong indentation, or no space after \":\"?)"},
      {"a: !secret x\n", "f.yml:1:4: unknown tag \"!secret\""},
      {"a: !x [1]\nb: !y {}\n", "f.yml:1:4: unknown tag \"!x\"\nf.yml:2:4: unknown tag \"!y\""},
      {"a: !!binary aGk=\n", "f.yml:1:4: unknown tag \"tag:yaml.org,2002:binary\""},
      {"a:\n\tb: 1\n", fmt::format("f.yml:2:3: illegal map value {}", tab)},
      {"a: 1\n\tb: 2\n", fmt::format("f.yml:2:1: illegal tab when looking for indentation {}", tab)},
      {"a: 1\n b: 2\n", "f.yml:2:3: illegal map value"},
      {"a: [1, 2\n", "f.yml:2:1: end of sequence flow not found"},
      {"a: \"x\nb: 1\n", fmt::format("f.yml:1:4: {}", unclosed)},
      {"a: 'it''s\nb: 1\n", fmt::format("f.yml:1:4: {}", unclosed)},
      {"ü: ü\nb: &x !!str \"q\\\"\nc: 1\n", fmt::format("f.yml:2:13: {}", unclosed)},
      {"a: *nowhere\n", "f.yml:1:4: the referenced anchor is not defined"},
      {"a: &x\n  - 1\n  - *x\n", "f.yml:3:5: alias of a value that holds the alias"},
      {"<<: 3\n", "f.yml:1:5: \"<<\" must be a map or a list of maps"},
      {"<<: [{a: 1}, 2]\n", "f.yml:1:5: \"<<\" must be a map or a list of maps"},
      {"? [a]\n: b\n", "f.yml:1:3: a key must be text"},
      {"a: 1\n~: 2\n", "f.yml:2:1: a key must be text"},
      {"a: \"\\0\"\n", "f.yml:1:4: holds a NUL character"},
      {"a: \"\\q\"\n", "f.yml:1:7: unknown escape character: q"},
      {"a: @x\n", "f.yml:1:4: unknown token"},
      {"a: b\nc: \xff\n", "f.yml:2:4: is not valid UTF-8"},
      {"a: \xc3\xa4\nb: \xc3\xa4\xc3", "f.yml:2:6: is not valid UTF-8"},
      {std::string("a: b\nc: \0d\n", 11), "f.yml:2:4: holds a NUL byte: not a text file"},
      {"\xff\xfe\x61", "f.yml:1:1: is not valid UTF-8"},
  };
  for (const auto& [text, problems] : cases) {
    SCOPED_TRACE(text);
    EXPECT_EQ(parse(text).problems, problems);
  }
}

TEST(Yaml, ReportsDuplicateKeysButReadsTheRest) {
  const Parsed parsed = parse("a: 1\na: 2\nb: {c: 3, c: 4}\n");
  EXPECT_EQ(print(parsed.root), "{a@1:1=1@1:4,b@3:1={c@3:5=3@3:8}@3:4}@1:1");
}

TEST(Yaml, RefusesAnAliasBombAtTheAliasThatBreaksTheLimit) {
  std::string bomb = "a0: &a0 x\n";
  for (int i = 1; i < 30; ++i) {
    bomb += fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i, i - 1);
  }
  const Parsed parsed = parse(bomb);
  EXPECT_NE(parsed.problems.find("more than 1000000 values (aliases expanded)"), std::string::npos)
      << parsed.problems;
  EXPECT_TRUE(parsed.problems.starts_with("f.yml:8:15: ")) << parsed.problems;
}

TEST(Yaml, CountsValuesExactlyUpToTheLimit) {
  const YamlLimits limits{.nodes = 5};
  EXPECT_EQ(parse("[1, 2, 3, 4]", limits).problems, "");
  EXPECT_EQ(parse("[1, 2, 3, 4, 5]", limits).problems, "f.yml:1:14: more than 5 values (aliases expanded)");
}

TEST(Yaml, CountsDepthThroughAliases) {
  const YamlLimits limits{.depth = 3};
  EXPECT_EQ(parse("[[[1]]]", limits).problems, "");
  EXPECT_EQ(parse("[[[[1]]]]", limits).problems, "f.yml:1:4: nested deeper than 3 levels");
  EXPECT_EQ(parse("a: &x [[1]]\nb: *x\n", limits).problems, "");
  EXPECT_EQ(parse("a: &x [[1]]\nb: [*x]\n", limits).problems, "f.yml:2:5: nested deeper than 3 levels");
}

TEST(Yaml, RefusesDeepNestingWithoutExhaustingTheStack) {
  for (const char opening : {'[', '{'}) {
    const Parsed parsed = parse(std::string(200'000, opening));
    EXPECT_EQ(parsed.problems.find("f.yml:1:"), 0U) << parsed.problems;
  }
}

TEST(Yaml, RefusesAFileOverTheSizeLimit) {
  const YamlLimits limits{.size = Bytes{8}};
  EXPECT_EQ(parse("a: 12345", limits).problems, "");
  EXPECT_EQ(parse("a: 123456", limits).problems, "f.yml: is larger than 8");
}

TEST(YamlNode, FindsAKeyOrNothing) {
  const Parsed parsed = parse("a: 1\nb: 2\n");
  ASSERT_NE(parsed.root.find("b"), nullptr);
  EXPECT_EQ(parsed.root.find("b")->scalar, "2");
  EXPECT_EQ(parsed.root.find("c"), nullptr);
  EXPECT_EQ(parsed.root.find("a")->find("a"), nullptr);
}

}  // namespace
}  // namespace picket
