#include "base/detect/detector.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <array>

#include "base/detect/readings.h"

namespace picket {
namespace {

constexpr std::string_view kTooLong = "too_long";
constexpr std::string_view kOutOfMemory = "out_of_memory";
constexpr std::int64_t kAutomatonBytesMax = 4 << 20;
/// Of that for quiet text. When it is full, its states are made anew, which takes longer than all the reading.
constexpr std::int64_t kQuietAutomatonBytesMax = 24 << 20;

re2::RE2::Options options(std::int64_t bytes_max) {
  re2::RE2::Options options(re2::RE2::Quiet);
  // Bytes, not characters: broken UTF-8 must not hide an attack from [^>].
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  options.set_case_sensitive(false);
  options.set_dot_nl(true);
  options.set_max_mem(bytes_max);
  return options;
}

Result<std::vector<AttackRule>> without(std::vector<AttackRule> rules,
                                        std::span<const std::string> left_out) {
  for (const std::string& id : left_out) {
    const auto erased = std::erase_if(rules, [&id](const AttackRule& rule) { return rule.id == id; });
    if (erased == 0) return fail(ErrorKind::InvalidInput, fmt::format("there is no attack rule \"{}\"", id));
  }
  return rules;
}

/// Of a text that is quiet: its automaton stays small.
constexpr std::size_t kQuietMax = 2048;

/// The rules of one class that are asked on the same parts. All rules in one automaton have ten times the
/// states on hostile text: what is alive of one class multiplies with what is alive of another. Quiet text keeps
/// little alive.
struct ClassProgram {
  explicit ClassProgram(const AttackRule& rule)
      : kind(rule.kind), is_on(rule.is_on), set(options(kAutomatonBytesMax), re2::RE2::UNANCHORED) {}

  bool fits(const AttackRule& rule) const { return rule.kind == kind && rule.is_on == is_on; }

  AttackClass kind;
  std::array<bool, kTextParts.size()> is_on;
  re2::RE2::Set set;
  std::vector<std::size_t> rules{};  ///< which rule of the list the set's n-th pattern is
};

/// All rules of one part, for quiet text.
struct PartProgram {
  re2::RE2::Set set{options(kQuietAutomatonBytesMax), re2::RE2::UNANCHORED};
  bool is_ready = false;  ///< not when they are too many for one automaton
};

struct Found {
  std::vector<std::size_t> rules{};
  bool is_read = true;  ///< false when an automaton ran out of memory
};

}  // namespace

struct Detector::Program {
  explicit Program(std::vector<AttackRule> list) : rules(std::move(list)) {}

  Result<void> compile() {
    for (std::size_t i = 0; i < rules.size(); ++i) {
      ClassProgram& part = part_of(rules[i]);
      std::string error;
      if (part.set.Add(rules[i].pattern, &error) < 0) {
        return fail(ErrorKind::InvalidInput, fmt::format("attack rule \"{}\": {}", rules[i].id, error));
      }
      part.rules.push_back(i);
      for (const TextPart on : kTextParts) {
        if (is_asked(rules[i].is_on, on)) any_of(on).set.Add(rules[i].pattern, nullptr);
      }
    }
    for (PartProgram& part : any) part.is_ready = part.set.Compile();
    const auto compiles = [](ClassProgram& part) { return part.set.Compile(); };
    if (std::ranges::all_of(classes, compiles)) return {};
    return fail(ErrorKind::InvalidInput, "the attack rules of one class need too much memory");
  }

  static bool is_asked(const std::array<bool, kTextParts.size()>& is_on, TextPart part) {
    return is_on.at(static_cast<std::size_t>(part));
  }
  PartProgram& any_of(TextPart part) { return any.at(static_cast<std::size_t>(part)); }

  /// A tenth of the time of match(), where it may be asked.
  bool is_clean(std::string_view text, TextPart on, const TextShape& shape) const {
    const PartProgram& part = any.at(static_cast<std::size_t>(on));
    if (!part.is_ready || !shape.is_quiet || text.size() > kQuietMax) return false;
    re2::RE2::Set::ErrorInfo error{};
    return !part.set.Match({text.data(), text.size()}, nullptr, &error) &&
           error.kind == re2::RE2::Set::kNoError;
  }

  void match(std::string_view text, TextPart on, const TextShape& shape, Found& found) const {
    if (is_clean(text, on, shape)) return;
    std::vector<int> matched;
    for (const ClassProgram& part : classes) {
      if (!is_asked(part.is_on, on)) continue;
      re2::RE2::Set::ErrorInfo error{};
      if (part.set.Match({text.data(), text.size()}, &matched, &error)) {
        for (const int index : matched) found.rules.push_back(part.rules.at(static_cast<std::size_t>(index)));
      } else {
        found.is_read = found.is_read && error.kind == re2::RE2::Set::kNoError;
      }
    }
  }

  /// Base64 is looked for where the text has been decoded once.
  void match_every_reading(std::string_view text, TextPart on, Found& found) const {
    const TextShape shape = shape_of(text);
    match(text, on, shape, found);
    if (!shape.has_escapes) return match_base64(text, on, shape, found);
    const std::string once = decode_escapes(text);
    const TextShape shape_once = shape_of(once);
    if (once != text) match(once, on, shape_once, found);
    match_base64(once, on, shape_once, found);
    if (!shape_once.has_escapes) return;
    const std::string twice = decode_escapes(once);
    if (twice != once) match(twice, on, shape_of(twice), found);
  }

  void match_base64(std::string_view text, TextPart on, const TextShape& shape, Found& found) const {
    if (!shape.has_runs) return;
    for (const std::string& hidden : decode_base64_runs(text)) match(hidden, on, shape_of(hidden), found);
  }

  ClassProgram& part_of(const AttackRule& rule) {
    const auto fits = [&rule](const ClassProgram& part) { return part.fits(rule); };
    const auto found = std::ranges::find_if(classes, fits);
    return found == classes.end() ? classes.emplace_back(rule) : *found;
  }

  std::vector<AttackRule> rules;
  std::vector<ClassProgram> classes{};
  std::array<PartProgram, kTextParts.size()> any{};
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

std::vector<AttackMatch> Detector::scan(std::string_view text, TextPart part) const {
  if (text.size() > kTextMax) return {{kTooLong, AttackClass::Unscannable}};
  Found found;
  program_->match_every_reading(text, part, found);
  std::vector<AttackMatch> matches;
  std::ranges::sort(found.rules);
  found.rules.erase(std::unique(found.rules.begin(), found.rules.end()), found.rules.end());
  for (const std::size_t index : found.rules) {
    const AttackRule& rule = program_->rules.at(index);
    matches.push_back({rule.id, rule.kind});
  }
  if (!found.is_read) matches.push_back({kOutOfMemory, AttackClass::Unscannable});
  return matches;
}

const std::vector<AttackRule>& Detector::rules() const {
  return program_->rules;
}

}  // namespace picket
