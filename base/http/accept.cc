#include "base/http/accept.h"

#include <algorithm>
#include <compare>

#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket {
namespace {

constexpr std::size_t kRangesMax = 64;

std::string_view unquoted(std::string_view text) {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"' ? text.substr(1, text.size() - 2)
                                                                       : text;
}

double parse_q(std::string_view text) {
  const Result<double> q = parse_double(text);
  return q && *q >= 0 && *q <= 1 ? *q : 0;
}

MediaRange parse_range(std::string_view text) {
  MediaRange range;
  bool first = true;
  for (const std::string_view part : split(text, ';')) {
    if (first) {
      range.type = to_lower(trim(part));
      first = false;
      continue;
    }
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string name = to_lower(trim(part.substr(0, equals)));
    const std::string_view value = unquoted(trim(part.substr(equals + 1)));
    if (name == "q") range.q = parse_q(value);
    if (name == "version") range.version = value;
  }
  return range;
}

/// How much a type is wanted, and how closely it was named: 3 itself, 2 "text/*", 1 "*/*".
struct Wish {
  double q = 0;
  int closeness = 0;
  auto operator<=>(const Wish&) const = default;
};

/// The closest range decides, whatever the others say.
Wish wish_for(const std::vector<MediaRange>& ranges, std::string_view type) {
  const std::string group = std::string(type.substr(0, type.find('/') + 1)) + "*";
  Wish best;
  for (const MediaRange& range : ranges) {
    const int closeness = range.type == type ? 3 : range.type == group ? 2 : range.type == "*/*" ? 1 : 0;
    if (closeness > best.closeness) best = {range.q, closeness};
  }
  return best;
}

}  // namespace

std::vector<MediaRange> media_ranges(std::string_view accept) {
  std::vector<MediaRange> ranges;
  for (const std::string_view part : split(accept, ',')) {
    if (ranges.size() == kRangesMax) break;
    ranges.push_back(parse_range(part));
  }
  return ranges;
}

bool prefers_html(const Headers& request_headers) {
  const std::string accept = join(request_headers.all("Accept"), ",");
  if (accept.empty()) return false;
  const std::vector<MediaRange> ranges = media_ranges(accept);
  const Wish html = wish_for(ranges, "text/html");
  return html.q > 0 &&
         html > std::max(wish_for(ranges, "application/json"), wish_for(ranges, "application/problem+json"));
}

}  // namespace picket
