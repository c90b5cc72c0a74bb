#include "base/detect/attack_rule.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/text/encoding.h"
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

/// \n \r \t \\ and \xHH; none when an escape is not one of them.
std::optional<std::string> unescape(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t slash = std::min(text.find('\\'), text.size());
    out += text.substr(0, slash);
    text.remove_prefix(slash);
    if (text.empty()) break;
    const std::size_t letter = std::string_view("nrt\\").find(text.substr(1, 1));
    if (text.size() > 1 && letter != std::string_view::npos) {
      out += "\n\r\t\\"[letter];
      text.remove_prefix(2);
      continue;
    }
    const auto byte = hex_decode(text.substr(std::min<std::size_t>(2, text.size()), 2));
    if (!text.starts_with("\\x") || !byte || byte->size() != 1) return std::nullopt;
    out += *byte;
    text.remove_prefix(4);
  }
  return out;
}

constexpr std::array<std::string_view, kTextParts.size()> kPartWords{"path", "value", "user_agent"};

std::optional<AttackClass> class_of(std::string_view word) {
  for (const AttackClass kind : kAttackClasses) {
    if (kind != AttackClass::Unscannable && to_string(kind) == word) return kind;
  }
  return std::nullopt;
}

class RuleReader {
 public:
  Result<void> read(std::string_view line, int number) {
    if (line.empty() || line.front() == '#') return {};
    const std::string_view first = take_word(line);
    if (first == "version") return {};
    if (first == "let") return read_name(line);
    if (first == "on") return read_parts(line);
    if (first == "+" || first == "-") return read_example(first == "+", line, number);
    return read_rule(first, line, number);
  }
  void ask_everywhere() { is_on_.fill(true); }
  std::vector<AttackRule> take() { return std::move(rules_); }

 private:
  Result<void> read_parts(std::string_view line) {
    is_on_.fill(line == "any");
    while (!line.empty() && line != "any") {
      const auto* const word = std::ranges::find(kPartWords, take_word(line));
      if (word == kPartWords.end()) {
        return fail(ErrorKind::InvalidInput, "parts are given by: on any, or on path value user_agent");
      }
      is_on_.at(static_cast<std::size_t>(word - kPartWords.begin())) = true;
    }
    return {};
  }

  Result<void> read_example(bool is_attack, std::string_view line, int number) {
    if (rules_.empty()) return fail(ErrorKind::InvalidInput, "an example stands below its rule");
    auto text = unescape(line);
    if (!text) return fail(ErrorKind::InvalidInput, "an escape is one of \\n \\r \\t \\\\ and \\xHH");
    rules_.back().examples.push_back({std::move(*text), is_attack, number});
    return {};
  }

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

  Result<void> read_rule(std::string_view word, std::string_view line, int number) {
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
    rules_.push_back({*kind, id, std::move(*pattern), is_on_, {}, number});
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
  std::array<bool, kTextParts.size()> is_on_{true, true, true};
  std::vector<AttackRule> rules_;
};

}  // namespace

std::string_view to_string(AttackClass kind) {
  switch (kind) {
    case AttackClass::SqlInjection:
      return "sql_injection";
    case AttackClass::NosqlInjection:
      return "nosql_injection";
    case AttackClass::Xss:
      return "xss";
    case AttackClass::PathTraversal:
      return "path_traversal";
    case AttackClass::FileInclusion:
      return "file_inclusion";
    case AttackClass::CommandInjection:
      return "command_injection";
    case AttackClass::ServerSideRequest:
      return "server_side_request";
    case AttackClass::TemplateInjection:
      return "template_injection";
    case AttackClass::LdapInjection:
      return "ldap_injection";
    case AttackClass::MailInjection:
      return "mail_injection";
    case AttackClass::XmlEntity:
      return "xml_entity";
    case AttackClass::ServerSideInclude:
      return "server_side_include";
    case AttackClass::PhpCode:
      return "php_code";
    case AttackClass::JavaCode:
      return "java_code";
    case AttackClass::PrototypePollution:
      return "prototype_pollution";
    case AttackClass::ControlBytes:
      return "control_bytes";
    case AttackClass::WebShell:
      return "web_shell";
    case AttackClass::ScannerPath:
      return "scanner_path";
    case AttackClass::ScannerAgent:
      return "scanner_agent";
    case AttackClass::Unscannable:
      return "unscannable";
  }
  return "unscannable";
}

Result<std::vector<AttackRule>> parse_attack_rules(std::string_view text, std::string_view before) {
  RuleReader reader;
  for (const std::string_view part : {before, text}) {
    int number = 0;
    reader.ask_everywhere();
    for (const std::string_view line : split(part, '\n')) {
      ++number;
      const auto read = reader.read(trim(line), number);
      if (!read) return fail(read, fmt::format("line {}", number));
    }
  }
  return reader.take();
}

}  // namespace picket
