#include "alertd/templates/slack_escape.h"

#include <algorithm>
#include <array>

namespace picket::alertd {
namespace {

constexpr std::array<std::string_view, 3> kLinks{"<https://", "<http://", "<mailto:"};
constexpr std::array<std::string_view, 3> kEntities{"&amp;", "&lt;", "&gt;"};

template <std::size_t N>
bool starts_with_any(std::string_view text, const std::array<std::string_view, N>& starts) {
  return std::ranges::any_of(starts, [text](std::string_view start) { return text.starts_with(start); });
}

/// Octets at the beginning of `text` that stay as they are: a link, an entity, or a character that means
/// nothing to Slack. 0: it must be escaped.
std::size_t kept(std::string_view text) {
  switch (text.front()) {
    case '<': {
      if (!starts_with_any(text, kLinks)) return 0;
      const std::size_t end = text.find_first_of("<>\n", 1);
      return end != std::string_view::npos && text[end] == '>' ? end + 1 : 0;
    }
    case '&':
      return starts_with_any(text, kEntities) ? 1 : 0;
    case '>':
      return 0;
    default:
      return 1;
  }
}

std::string_view entity_for(char c) {
  if (c == '<') return "&lt;";
  return c == '>' ? "&gt;" : "&amp;";
}

}  // namespace

std::string escape_slack(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t same = kept(text);
    out += same > 0 ? text.substr(0, same) : entity_for(text.front());
    text.remove_prefix(std::max<std::size_t>(same, 1));
  }
  return out;
}

}  // namespace picket::alertd
