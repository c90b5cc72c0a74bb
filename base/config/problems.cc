#include "base/config/problems.h"

#include <algorithm>

#include "base/text/strings.h"

namespace picket {
namespace {

constexpr std::size_t kLinesKept = 1000;
constexpr std::size_t kLinesShown = 100;

}  // namespace

void Problems::add(Position position, std::string_view key, std::string_view message) {
  ++count_;
  if (lines_.size() >= kLinesKept) return;
  std::string text = file_;
  if (position.line > 0) text += fmt::format(":{}:{}", position.line, position.column);
  text += ": ";
  if (!key.empty()) text.append(key).append(": ");
  text += message;
  std::ranges::replace_if(text, is_control, ' ');
  lines_.push_back({position, std::move(text)});
}

Error Problems::error() const {
  std::vector<Line> sorted = lines_;
  std::ranges::stable_sort(sorted, {}, &Line::position);
  const std::size_t shown = std::min(sorted.size(), kLinesShown);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) text += '\n';
    text += sorted[i].text;
  }
  if (count_ > shown) text += fmt::format("\n{}: and {} more problems", file_, count_ - shown);
  return {ErrorKind::InvalidInput, std::move(text)};
}

}  // namespace picket
