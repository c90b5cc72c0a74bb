#include "base/detect/attack_rule.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/text/strings.h"

namespace picket {
namespace {

bool is_id(std::string_view text) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, allowed);
}

/// Cuts the first word off.
std::string_view take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
  const std::string_view word = line.substr(0, end);
  line = trim(line.substr(end));
  return word;
}

std::optional<AttackClass> class_of(std::string_view word) {
  for (const AttackClass kind : kAttackClasses) {
    if (kind != AttackClass::Unscannable && to_string(kind) == word) return kind;
  }
  return std::nullopt;
}

class RuleReader {
 public:
  Result<void> read(std::string_view line) {
    if (line.empty() || line.front() == '#') return {};
    const std::string_view first = take_word(line);
    return first == "let" ? read_name(line) : read_rule(first, line);
  }
  std::vector<AttackRule> take() { return std::move(rules_); }

 private:
  Result<void> read_name(std::string_view line) {
    const std::string name(take_word(line));
    if (!is_id(name) || take_word(line) != "=" || line.empty()) {
      return fail(ErrorKind::InvalidInput, "a name is given by: let name = pattern");
    }
    const Result<std::string> pattern = put_names_in(line);
    if (!pattern) return fail(pattern);
    names_["{" + name + "}"] = "(?:" + *pattern + ")";
    return {};
  }

  Result<void> read_rule(std::string_view word, std::string_view line) {
    const auto kind = class_of(word);
    if (!kind) return fail(ErrorKind::InvalidInput, fmt::format("there is no class \"{}\"", word));
    const std::string id(take_word(line));
    if (!is_id(id) || line.empty()) {
      return fail(ErrorKind::InvalidInput, "a rule is: class id pattern, the id of a-z, 0-9 and _");
    }
    const auto is_same = [&id](const AttackRule& rule) { return rule.id == id; };
    if (std::ranges::any_of(rules_, is_same)) {
      return fail(ErrorKind::InvalidInput, fmt::format("the id \"{}\" is there twice", id));
    }
    Result<std::string> pattern = put_names_in(line);
    if (!pattern) return fail(pattern);
    rules_.push_back({*kind, id, std::move(*pattern)});
    return {};
  }

  /// {gap} is a name; {2,} and \p{Greek} are none.
  Result<std::string> put_names_in(std::string_view text) const {
    std::string out;
    while (!text.empty()) {
      const std::size_t open = std::min(text.find('{'), text.size());
      out += text.substr(0, open);
      text.remove_prefix(open);
      const std::size_t close = text.find('}');
      if (close == std::string_view::npos || !is_id(text.substr(1, close - 1)) || text[1] < 'a') {
        out += text.substr(0, 1);
        text.remove_prefix(std::min<std::size_t>(1, text.size()));
        continue;
      }
      const auto name = names_.find(text.substr(0, close + 1));
      if (name == names_.end()) {
        return fail(ErrorKind::InvalidInput, fmt::format("{} is no name", text.substr(0, close + 1)));
      }
      out += name->second;
      text.remove_prefix(close + 1);
    }
    return out;
  }

  std::map<std::string, std::string, std::less<>> names_;
  std::vector<AttackRule> rules_;
};

}  // namespace

std::string_view to_string(AttackClass kind) {
  switch (kind) {
    case AttackClass::SqlInjection:
      return "sql_injection";
    case AttackClass::Xss:
      return "xss";
    case AttackClass::PathTraversal:
      return "path_traversal";
    case AttackClass::CommandInjection:
      return "command_injection";
    case AttackClass::ControlBytes:
      return "control_bytes";
    case AttackClass::ScannerPath:
      return "scanner_path";
    case AttackClass::Unscannable:
      return "unscannable";
  }
  return "unscannable";
}

Result<std::vector<AttackRule>> parse_attack_rules(std::string_view text, std::string_view before) {
  RuleReader reader;
  for (const std::string_view part : {before, text}) {
    int number = 0;
    for (const std::string_view line : split(part, '\n')) {
      ++number;
      const auto read = reader.read(trim(line));
      if (!read) return fail(read, fmt::format("line {}", number));
    }
  }
  return reader.take();
}

}  // namespace picket
