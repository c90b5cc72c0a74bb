#include "base/detect/rule_set.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/detect/attack_rule.h"
#include "base/detect/detector.h"
#include "base/text/encoding.h"
#include "base/text/strings.h"

namespace picket {
namespace {

constexpr std::string_view kVersion = "version ";

bool is_found(const Detector& rule, const std::string& text) {
  return std::ranges::any_of(kTextParts, [&](TextPart part) { return !rule.scan(text, part).empty(); });
}

void check_kinds(const AttackRule& rule, std::vector<std::string>& problems) {
  for (const bool is_attack : {true, false}) {
    const auto is_kind = [is_attack](const RuleExample& example) { return example.is_attack == is_attack; };
    if (std::ranges::any_of(rule.examples, is_kind)) continue;
    problems.push_back(
        fmt::format("rule \"{}\" has no example that it must {}find", rule.id, is_attack ? "" : "not "));
  }
}

}  // namespace

RuleSetVersion version_of_rules(std::string_view text, std::vector<std::string> left_out) {
  RuleSetVersion known{{}, hex_encode(sha256(text))};
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with(kVersion)) known.version = trim(line.substr(kVersion.size()));
  }
  if (left_out.empty()) return known;
  std::ranges::sort(left_out);
  left_out.erase(std::unique(left_out.begin(), left_out.end()), left_out.end());
  known.sha256 = hex_encode(sha256(known.sha256 + "\n" + join(left_out, "\n")));
  return known;
}

Result<std::vector<std::string>> check_examples(std::string_view rules_text) {
  const auto rules = parse_attack_rules(rules_text);
  if (!rules) return fail(rules);
  std::vector<std::string> problems;
  for (const AttackRule& rule : *rules) {
    const auto detector = Detector::compile({rule});
    if (!detector) return fail(detector, fmt::format("line {}", rule.line));
    check_kinds(rule, problems);
    for (const RuleExample& example : rule.examples) {
      if (is_found(*detector, example.text) == example.is_attack) continue;
      problems.push_back(
          fmt::format("line {}: rule \"{}\" {}", example.line, rule.id,
                      example.is_attack ? "does not find its example" : "finds what is harmless"));
    }
  }
  return problems;
}

}  // namespace picket
