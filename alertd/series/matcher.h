// A condition on one label: = != =~ !~. Regular expressions are anchored at both ends, "." matches a newline.
// Immutable; safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alertd/series/labels.h"
#include "base/result/result.h"
#include "base/text/regex.h"

namespace picket::alertd {

enum class MatchOp { Equal, NotEqual, Regex, NotRegex };
std::string_view to_string(MatchOp op);

class Matcher {
 public:
  /// InvalidInput for a bad regular expression or an empty name.
  static Result<Matcher> make(MatchOp op, std::string name, std::string value);

  bool matches(std::string_view value) const;
  /// A missing label is an empty one.
  bool matches(const Labels& labels) const { return matches(labels.get(name_)); }
  /// `severity="critical"`; a name that is not classic is quoted.
  std::string to_string() const;

  bool operator==(const Matcher& other) const {
    return op_ == other.op_ && name_ == other.name_ && value_ == other.value_;
  }

 private:
  Matcher(MatchOp op, std::string name, std::string value);
  MatchOp op_;
  std::string name_;
  std::string value_;
  std::optional<Regex> regex_;
};

using Matchers = std::vector<Matcher>;

/// All of them match; an empty list matches everything.
bool matches_all(const Matchers& matchers, const Labels& labels);
/// `{a="b",c=~"d"}`
std::string to_string(const Matchers& matchers);

/// Alertmanager's syntax: `a="b"`, `{a="b", "utf 8"=~"c.*",}`, unquoted values. What the UTF-8 grammar
/// refuses is tried in the classic one (values with quotes inside, for example). `{}` and "" are the empty
/// list.
Result<Matchers> parse_matchers(std::string_view text);

}  // namespace picket::alertd
