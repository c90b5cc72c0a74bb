#include "exporters/security/commands/commands.h"

#include <cstdio>

#include "base/detect/detector.h"
#include "base/detect/rule_set.h"
#include "base/text/table.h"

namespace picket::security {
namespace {

constexpr Bytes kRulesMax{4 << 20};

/// `file` is "" when the message names what is wrong.
int fail_with(const Error& error, const std::string& file = "") {
  fmt::print(stderr, "security_exporter: {}{}{}\n", file, file.empty() ? "" : ": ", error.message);
  return kCommandFailed;
}

int list_rules() {
  const auto rules = parse_attack_rules(attack_rules_text());
  if (!rules) return fail_with(rules.error());
  TextTable table{{"CLASS", "RULE", "EXAMPLES"}, {}};
  for (const AttackRule& rule : *rules)
    table.rows.push_back({std::string(to_string(rule.kind)), rule.id, std::to_string(rule.examples.size())});
  const RuleSetVersion version = version_of_rules(attack_rules_text());
  fmt::print("{}\n{} rules, version {}, SHA-256 {}\n", format_table(table), rules->size(), version.version,
             version.sha256);
  return 0;
}

/// `file` is "" for the rules in the binary.
int test_rules(std::string_view text, const std::string& file) {
  const auto failures = check_examples(text);
  if (!failures) return fail_with(failures.error(), file);
  const auto rules = parse_attack_rules(text);
  if (!rules) return fail_with(rules.error());
  for (const std::string& failure : *failures) fmt::print(stderr, "{}\n", failure);
  std::size_t examples = 0;
  for (const AttackRule& rule : *rules) examples += rule.examples.size();
  fmt::print("{} rules, {} examples, {} wrong\n", rules->size(), examples, failures->size());
  return failures->empty() ? 0 : kCommandFailed;
}

/// As a request's target, and as any other field.
int match_text(const std::string& text) {
  const auto detector = Detector::built_in();
  if (!detector) return fail_with(detector.error());
  TextTable table{{"AS", "CLASS", "RULE"}, {}};
  const auto add = [&](std::string_view as, FieldKind kind) {
    for (const AttackMatch& match : detector->scan_raw(text, kind))
      table.rows.push_back({std::string(as), std::string(to_string(match.kind)), std::string(match.rule)});
  };
  add("target", FieldKind::Target);
  add("referer", FieldKind::Referer);
  add("user agent", FieldKind::UserAgent);
  add("field", FieldKind::Other);
  if (table.rows.empty())
    fmt::print("no rule matches\n");
  else
    fmt::print("{}", format_table(table));
  return 0;
}

int run_rules_command(const std::vector<std::string>& words, const DaemonFlags&, Files& files) {
  const std::string what = words.empty() ? "" : words[0];
  if (what == "list" && words.size() == 1) return list_rules();
  if (what == "match" && words.size() == 2) return match_text(words[1]);
  if (what == "test" && words.size() == 1) return test_rules(attack_rules_text(), "");
  if (what == "test" && words.size() == 2) {
    const Result<std::string> text = files.read(words[1], kRulesMax);
    return text ? test_rules(*text, words[1]) : fail_with(text.error());
  }
  fmt::print(stderr, "security_exporter: rules list, rules test [FILE] or rules match TEXT is expected\n");
  return kCommandUsage;
}

}  // namespace

std::vector<DaemonCommand> commands() {
  return {
      {"rules", "rules list | test [FILE] | match TEXT",
       "The attack rules: which there are, whether each finds its examples and nothing else, and which match a "
       "text.",
       run_rules_command}};
}

}  // namespace picket::security
