// Attack patterns as text: the built-in list, attack_rules.txt, was written for Picket and says itself how it
// is read. Used by Detector, and by daemons that add rules of their own. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result/result.h"

namespace picket {

enum class AttackClass : std::uint8_t {
  SqlInjection,
  Xss,
  PathTraversal,
  CommandInjection,
  ControlBytes,
  ScannerPath,
  Unscannable  ///< too long, or the automaton ran out of memory: nobody knows what it holds
};
inline constexpr std::array kAttackClasses{AttackClass::SqlInjection,  AttackClass::Xss,
                                           AttackClass::PathTraversal, AttackClass::CommandInjection,
                                           AttackClass::ControlBytes,  AttackClass::ScannerPath,
                                           AttackClass::Unscannable};
/// "sql_injection", "xss", ...: fit for a metric label.
std::string_view to_string(AttackClass kind);

struct AttackRule {
  AttackClass kind = AttackClass::SqlInjection;
  std::string id;       ///< "sql_union_select"; unique in a list
  std::string pattern;  ///< RE2, its {names} put in
};

/// The rules of `before`, which also gives its names, and then those of `text`. InvalidInput with the number
/// of the line. Patterns are compiled by Detector, not here.
Result<std::vector<AttackRule>> parse_attack_rules(std::string_view text, std::string_view before = "");

/// The file that CMake put into the binary.
std::string_view attack_rules_text();

}  // namespace picket
