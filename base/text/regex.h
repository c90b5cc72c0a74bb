// Regular expressions: RE2 with its linear time behind one small face. std::regex is banned (it overflows the
// stack).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result/result.h"

namespace re2 {
class RE2;
}

namespace picket {

/// Immutable after compile; copies share the program; safe from any thread. A byte that is no part of valid
/// UTF-8 (Latin-1, binary) is one character, as in Go's regexp: dots and negated classes match it.
class Regex {
 public:
  /// RE2 syntax. InvalidInput with RE2's reason and the offending fragment.
  static Result<Regex> compile(std::string_view pattern);

  bool search(std::string_view text) const;      ///< anywhere in the text
  bool full_match(std::string_view text) const;  ///< the whole text, as Prometheus matchers do
  /// Group 0 and the capture groups of the first match; empty when there is none.
  std::vector<std::string> groups(std::string_view text) const;
  /// Go's Regexp.ReplaceAllString: `$1`, `${1}`, `${name}` in `replacement`, `$$` for a dollar.
  std::string replace_all(std::string_view text, std::string_view replacement) const;
  const std::string& pattern() const;

 private:
  explicit Regex(std::shared_ptr<const re2::RE2> program) : program_(std::move(program)) {}
  std::shared_ptr<const re2::RE2> program_;
};

}  // namespace picket
