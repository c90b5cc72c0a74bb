// What is known of a whole file of attack rules: its version, its hash, and whether every rule finds what its
// examples say. Used by the metric of the active rules and by `rules test`. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result/result.h"

namespace picket {

struct RuleSetVersion {
  std::string version;  ///< of its line "version ..."; "" when it has none
  std::string sha256;   ///< lower-case hexadecimal; the same means the same rules
};
/// The hash is that of the text, or, without some of its rules, of the text's hash and their ids, in whatever
/// order they are given.
RuleSetVersion version_of_rules(std::string_view text, std::vector<std::string> left_out = {});

/// Every example that fails, and every rule without both kinds of examples, each as a sentence with the number
/// of its line; none is good. InvalidInput: the text cannot be read, or a pattern is not valid.
Result<std::vector<std::string>> check_examples(std::string_view rules_text);

}  // namespace picket
