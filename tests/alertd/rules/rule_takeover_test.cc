#include "alertd/rules/rule_takeover.h"

#include "tests/alertd/rules/rule_script.h"

namespace picket::alertd {
namespace {

/// Rule files as they are at one moment: name and text.
using RuleFiles = std::vector<std::pair<std::string, std::string>>;

RuleGroups load(const RuleFiles& files) {
  RuleGroups groups;
  const RealFiles disk;
  for (const auto& [name, text] : files) {
    auto loaded = parse_rules(text, name, {}, disk);
    EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().message);
    if (loaded) std::ranges::move(loaded->groups, std::back_inserter(groups));
  }
  return groups;
}

std::string group(const std::string& rules) {
  return "groups: [{name: g, rules: [" + rules + "]}]";
}

/// Each state is known by the value of the label `i` of its one alert.
StoredRule stored(const StoredAs& as, const std::string& name) {
  StoredRule rule{as, {}};
  const Labels labels({{"i", name}});
  rule.state.alerts[labels].labels = labels;
  rule.state.described = !as.identity.empty();
  return rule;
}

std::string name_of(const StoredRule& rule) {
  return rule.state.alerts.empty() ? "-" : rule.state.alerts.begin()->first.get("i");
}

/// "expression=state", in the order of the rules, then what is left.
std::string outcome(const RuleFiles& files, StoredRules& states) {
  std::vector<std::string> words;
  for (const StoredRule& rule : take_over(load(files), states))
    words.push_back(rule.as.expr + "=" + name_of(rule));
  for (const auto& [key, rule] : states) words.push_back("left=" + name_of(rule));
  return join(words, " ");
}

/// States as a reload finds them: what `files` had, named "s0", "s1", ... in the order of the rules.
StoredRules after(const RuleFiles& files) {
  StoredRules none;
  StoredRules states;
  for (const StoredRule& rule : take_over(load(files), none)) {
    states.emplace(rule.as.key, stored(rule.as, "s" + std::to_string(states.size())));
  }
  return states;
}

TEST(RuleTakeover, FollowsARuleByGroupNameAndLabels) {
  struct Case {
    std::string what;
    RuleFiles before, now;
    std::string outcome;
  };
  const std::string two = "{alert: A, expr: x}, {alert: A, expr: y}";
  const Case cases[] = {
      {"the file is renamed",
       {{"a.yml", group("{alert: A, expr: x}")}},
       {{"b.yml", group("{alert: A, expr: x}")}},
       "x=s0"},
      {"the expression changes",
       {{"a.yml", group("{alert: A, expr: x}")}},
       {{"a.yml", group("{alert: A, expr: y}")}},
       "y=s0"},
      {"the rule moves to another file and changes",
       {{"a.yml", group("{alert: A, expr: x}, {alert: B, expr: b}")}},
       {{"a.yml", group("{alert: B, expr: b}")}, {"b.yml", group("{alert: A, expr: y, for: 1m}")}},
       "b=s1 y=s0"},
      {"another label is another rule",
       {{"a.yml", group("{alert: A, expr: x}")}},
       {{"a.yml", group("{alert: A, expr: x, labels: {s: a}}")}},
       "x=- left=s0"},
      {"another group is another rule",
       {{"a.yml", group("{alert: A, expr: x}")}},
       {{"a.yml", "groups: [{name: h, rules: [{alert: A, expr: x}]}]"}},
       "x=- left=s0"},
      {"duplicates change places",
       {{"a.yml", group(two)}},
       {{"a.yml", group("{alert: A, expr: y}, {alert: A, expr: x}")}},
       "y=s1 x=s0"},
      {"the first of duplicates goes",
       {{"a.yml", group(two)}},
       {{"a.yml", group("{alert: A, expr: y}")}},
       "y=s1 left=s0"},
      {"one of duplicates changes",
       {{"a.yml", group(two)}},
       {{"a.yml", group("{alert: A, expr: x2}, {alert: A, expr: y}")}},
       "x2=s0 y=s1"},
      {"both change",
       {{"a.yml", group(two)}},
       {{"a.yml", group("{alert: A, expr: x2}, {alert: A, expr: y2}")}},
       "x2=s0 y2=s1"},
      {"a third comes before them",
       {{"a.yml", group(two)}},
       {{"a.yml", group("{alert: A, expr: z}, " + two)}},
       "z=- x=s0 y=s1"},
      {"groups of one name in two files, and the files change names",
       {{"a.yml", group("{alert: A, expr: x}")}, {"b.yml", group("{alert: A, expr: y}")}},
       {{"c.yml", group("{alert: A, expr: y}")}, {"d.yml", group("{alert: A, expr: x}")}},
       "y=s1 x=s0"},
  };
  for (const Case& c : cases) {
    StoredRules states = after(c.before);
    EXPECT_EQ(outcome(c.now, states), c.outcome) << c.what;
  }
}

TEST(RuleTakeover, ADuplicateWithoutAStateDoesNotTakeThatOfItsNeighbour) {
  // Only the second has alerts, and the database knows no other: its expression changes while alertd is down.
  StoredRules states;
  states.emplace("k", stored({"k", "g;A{}", "y", 1}, "s"));
  EXPECT_EQ(outcome({{"a.yml", group("{alert: A, expr: x}, {alert: A, expr: y2}")}}, states), "x=- y2=s");
}

TEST(RuleTakeover, KeysStayAndNewOnesAreNobodyElses) {
  StoredRules states = after({{"a.yml", group("{alert: A, expr: x}, {alert: A, expr: y}")}});
  const auto rules = take_over(
      load({{"b.yml", group("{alert: A, expr: y}, {alert: A, expr: z}, {alert: B, expr: b}")}}), states);
  ASSERT_EQ(rules.size(), 3U);
  EXPECT_EQ(rules[0].as.key, "g;A{}#1");
  EXPECT_EQ(rules[1].as.key, "g;A{}");
  EXPECT_EQ(rules[2].as.key, "g;B{}");
  // The database is to learn what changed: the place of the first, the expression of the second.
  EXPECT_FALSE(rules[0].state.described);
  EXPECT_FALSE(rules[1].state.described);
  const std::string label(600, 'x');
  StoredRules none;
  const auto longest =
      take_over(load({{"a.yml", group("{alert: A, expr: x, labels: {a: " + label + "}}")}}), none);
  EXPECT_EQ(longest.at(0).as.key.size(), 516U);
}

TEST(RuleTakeover, FindsTheKeysOfEarlierVersions) {
  const auto former = [](std::initializer_list<const char*> keys) {
    StoredRules states;
    for (const std::string key : keys) states.emplace(key, stored({.key = key}, key));
    return states;
  };
  const std::string two =
      "{alert: A, expr: x}, {alert: A, expr: y}, {alert: B, expr: b, labels: {s: \"#1\"}}";
  StoredRules states = former({"a.yml;g;A{}", "a.yml;g;A{}#1", "a.yml;g;B{s=\"#1\"}", "a.yml;g;C{}"});
  EXPECT_EQ(outcome({{"a.yml", group(two)}}, states),
            "x=a.yml;g;A{} y=a.yml;g;A{}#1 b=a.yml;g;B{s=\"#1\"} left=a.yml;g;C{}");
  // The file was renamed at the same time.
  states = former({"a.yml;g;A{}", "a.yml;g;A{}#1", "a.yml;g;B{s=\"#1\"}", "a.yml;gg;A{}"});
  EXPECT_EQ(outcome({{"b.yml", group(two)}}, states),
            "x=a.yml;g;A{} y=a.yml;g;A{}#1 b=a.yml;g;B{s=\"#1\"} left=a.yml;gg;A{}");
  // Two files with a group of the same name: each its own.
  states = former({"a.yml;g;A{}", "b.yml;g;A{}"});
  EXPECT_EQ(
      outcome({{"b.yml", group("{alert: A, expr: x}")}, {"a.yml", group("{alert: A, expr: y}")}}, states),
      "x=b.yml;g;A{} y=a.yml;g;A{}");
}

}  // namespace
}  // namespace picket::alertd
