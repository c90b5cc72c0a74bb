// Finds attacks in decoded text: the rules of a class in one pass over the bytes (RE2::Set), in linear time.
// authd scans requests with it, the security exporter logs. Immutable; copies share the automata; safe from
// any thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/detect/attack_rule.h"

namespace picket {

/// `rule` lives as long as the Detector (or a copy of it).
struct AttackMatch {
  std::string_view rule;
  AttackClass kind = AttackClass::Unscannable;
};

class Detector {
 public:
  static constexpr std::size_t kTextMax = 8192;

  /// The rules in the binary, without those whose ids are in `left_out`. InvalidInput names an id that does
  /// not exist.
  static Result<Detector> built_in(std::span<const std::string> left_out = {});
  /// InvalidInput names the rule whose pattern RE2 refuses.
  static Result<Detector> compile(std::vector<AttackRule> rules);

  /// `text` decoded once, as the application sees it; where it can be decoded again, both readings are
  /// scanned. Matches are in the order of the rules, each once. Text beyond kTextMax is not read: "too_long"
  /// is the match then.
  std::vector<AttackMatch> scan(std::string_view text) const;
  const std::vector<AttackRule>& rules() const;

 private:
  struct Program;
  explicit Detector(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

  std::shared_ptr<const Program> program_;
};

/// Percent-escapes that are well formed become bytes, everything else stays.
std::string decode_loosely(std::string_view text);

}  // namespace picket
