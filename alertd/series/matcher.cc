#include "alertd/series/matcher.h"

#include <algorithm>

namespace picket::alertd {

std::string_view to_string(MatchOp op) {
  switch (op) {
    case MatchOp::Equal:
      return "=";
    case MatchOp::NotEqual:
      return "!=";
    case MatchOp::Regex:
      return "=~";
    case MatchOp::NotRegex:
      return "!~";
  }
  return "=";
}

Matcher::Matcher(MatchOp op, std::string name, std::string value)
    : op_(op), name_(std::move(name)), value_(std::move(value)) {}

Result<Matcher> Matcher::make(MatchOp op, std::string name, std::string value) {
  if (name.empty()) return fail(ErrorKind::InvalidInput, "a matcher needs a label name");
  Matcher matcher(op, std::move(name), std::move(value));
  if (op == MatchOp::Regex || op == MatchOp::NotRegex) {
    auto regex = Regex::compile("(?s:" + matcher.value_ + ")");
    if (!regex) {
      return fail(ErrorKind::InvalidInput, fmt::format("matcher {}: bad regular expression: {}",
                                                       matcher.name_, regex.error().message));
    }
    matcher.regex_ = std::move(*regex);
  }
  return matcher;
}

bool Matcher::matches(std::string_view value) const {
  switch (op_) {
    case MatchOp::Equal:
      return value == value_;
    case MatchOp::NotEqual:
      return value != value_;
    case MatchOp::Regex:
      return regex_->full_match(value);
    case MatchOp::NotRegex:
      return !regex_->full_match(value);
  }
  return false;
}

std::string Matcher::to_string() const {
  const std::string name = is_classic_label_name(name_) ? name_ : quote_label_value(name_);
  return fmt::format("{}{}{}", name, alertd::to_string(op_), quote_label_value(value_));
}

bool matches_all(const Matchers& matchers, const Labels& labels) {
  return std::all_of(matchers.begin(), matchers.end(), [&](const Matcher& m) { return m.matches(labels); });
}

std::string to_string(const Matchers& matchers) {
  std::string text = "{";
  for (const Matcher& matcher : matchers) {
    if (text.size() > 1) text += ',';
    text += matcher.to_string();
  }
  return text + '}';
}

}  // namespace picket::alertd
