#include "base/detect/detector.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>

namespace picket {
namespace {

constexpr std::string_view kTooLong = "too_long";
constexpr std::string_view kOutOfMemory = "out_of_memory";
constexpr std::int64_t kAutomatonBytesMax = 4 << 20;

re2::RE2::Options options() {
  re2::RE2::Options options(re2::RE2::Quiet);
  // Bytes, not characters: broken UTF-8 must not hide an attack from [^>].
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  options.set_case_sensitive(false);
  options.set_dot_nl(true);
  options.set_max_mem(kAutomatonBytesMax);
  return options;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// -1 unless both are hexadecimal digits.
int byte_of(char high, char low) {
  const int h = digit_of(high);
  const int l = digit_of(low);
  return h < 0 || l < 0 ? -1 : h * 16 + l;
}

Result<std::vector<AttackRule>> without(std::vector<AttackRule> rules,
                                        std::span<const std::string> left_out) {
  for (const std::string& id : left_out) {
    const auto erased = std::erase_if(rules, [&id](const AttackRule& rule) { return rule.id == id; });
    if (erased == 0) return fail(ErrorKind::InvalidInput, fmt::format("there is no attack rule \"{}\"", id));
  }
  return rules;
}

/// Of what nearly every path and every value of a parameter is made.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '-' || c == '_' || c == '.';
  });
}

/// The rules of one class. All rules in one automaton have ten times the states on hostile text: what is
/// alive of one class multiplies with what is alive of another. Plain text keeps little alive.
struct ClassProgram {
  explicit ClassProgram(AttackClass of) : kind(of), set(options(), re2::RE2::UNANCHORED) {}

  AttackClass kind;
  re2::RE2::Set set;
  std::vector<std::size_t> rules;  ///< which rule of the list the set's n-th pattern is
};

}  // namespace

struct Detector::Program {
  explicit Program(std::vector<AttackRule> list) : rules(std::move(list)) {}

  Result<void> compile() {
    for (std::size_t i = 0; i < rules.size(); ++i) {
      ClassProgram& part = part_of(rules[i].kind);
      std::string error;
      if (part.set.Add(rules[i].pattern, &error) < 0) {
        return fail(ErrorKind::InvalidInput, fmt::format("attack rule \"{}\": {}", rules[i].id, error));
      }
      part.rules.push_back(i);
      any.Add(rules[i].pattern, nullptr);
    }
    has_any = any.Compile();
    const auto compiles = [](ClassProgram& part) { return part.set.Compile(); };
    if (std::ranges::all_of(parts, compiles)) return {};
    return fail(ErrorKind::InvalidInput, "the attack rules of one class need too much memory");
  }

  /// A tenth of the time of match(), where it may be asked.
  bool is_clean(std::string_view text) const {
    if (!has_any || !is_plain(text)) return false;
    re2::RE2::Set::ErrorInfo error{};
    return !any.Match({text.data(), text.size()}, nullptr, &error) && error.kind == re2::RE2::Set::kNoError;
  }

  /// Adds the indices of the rules that match; false when an automaton ran out of memory.
  bool match(std::string_view text, std::vector<std::size_t>& found) const {
    if (is_clean(text)) return true;
    bool is_read = true;
    std::vector<int> matched;
    for (const ClassProgram& part : parts) {
      re2::RE2::Set::ErrorInfo error{};
      if (part.set.Match({text.data(), text.size()}, &matched, &error)) {
        for (const int index : matched) found.push_back(part.rules.at(static_cast<std::size_t>(index)));
      } else {
        is_read = is_read && error.kind == re2::RE2::Set::kNoError;
      }
    }
    return is_read;
  }

  ClassProgram& part_of(AttackClass kind) {
    const auto found = std::ranges::find(parts, kind, &ClassProgram::kind);
    return found == parts.end() ? parts.emplace_back(kind) : *found;
  }

  std::vector<AttackRule> rules;
  std::vector<ClassProgram> parts;
  re2::RE2::Set any{options(), re2::RE2::UNANCHORED};  ///< all of them, for plain text
  bool has_any = false;                                ///< not when they are too many for one automaton
};

Result<Detector> Detector::compile(std::vector<AttackRule> rules) {
  auto program = std::make_shared<Program>(std::move(rules));
  const auto compiled = program->compile();
  if (!compiled) return fail(compiled);
  return Detector(std::move(program));
}

Result<Detector> Detector::built_in(std::span<const std::string> left_out) {
  auto rules = parse_attack_rules(attack_rules_text());
  if (!rules) return fail(rules, "the built-in attack rules");
  auto kept = without(std::move(*rules), left_out);
  if (!kept) return fail(kept);
  return compile(std::move(*kept));
}

std::vector<AttackMatch> Detector::scan(std::string_view text) const {
  if (text.size() > kTextMax) return {{kTooLong, AttackClass::Unscannable}};
  std::vector<std::size_t> found;
  bool is_read = program_->match(text, found);
  if (text.find('%') != std::string_view::npos) {
    const std::string decoded = decode_loosely(text);
    if (decoded != text) is_read = program_->match(decoded, found) && is_read;
  }
  std::vector<AttackMatch> matches;
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  for (const std::size_t index : found) {
    const AttackRule& rule = program_->rules.at(index);
    matches.push_back({rule.id, rule.kind});
  }
  if (!is_read) matches.push_back({kOutOfMemory, AttackClass::Unscannable});
  return matches;
}

const std::vector<AttackRule>& Detector::rules() const {
  return program_->rules;
}

std::string decode_loosely(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool has_digits = text[i] == '%' && i + 2 < text.size();
    const int byte = has_digits ? byte_of(text[i + 1], text[i + 2]) : -1;
    out += byte < 0 ? text[i] : static_cast<char>(byte);
    if (byte >= 0) i += 2;
  }
  return out;
}

}  // namespace picket
