#include "base/web/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text/strings.h"
#include "base/time/timestamp.h"

namespace picket::web {
namespace {

/// A URL that a click may follow: no script, no data.
bool is_followable(std::string_view href) {
  const std::size_t end = href.find_first_of(":/?#");
  if (end == std::string_view::npos || href[end] != ':') return true;
  const std::string scheme = to_lower(href.substr(0, end));
  return scheme == "http" || scheme == "https" || scheme == "mailto";
}

Html tile(const Count& count) {
  const std::string tone(count.number == 0 ? "neutral" : to_string(count.tone));
  const Html content = element("b", {}, grouped(count.number)) + " " + element("span", {}, count.label);
  if (count.href.empty()) return element("li", {{"class", tone}}, content);
  Attributes attributes{{"href", count.href}};
  if (count.is_current) attributes.push_back({"aria-current", "true"});
  return element("li", {{"class", tone}}, element("a", attributes, content));
}

}  // namespace

std::string_view to_string(Tone tone) {
  constexpr std::array<std::string_view, 5> kNames = {"good", "warning", "bad", "info", "neutral"};
  return kNames[static_cast<std::size_t>(tone)];
}

Html heading(const Html& text) {
  return element("h2", {}, text) + "\n";
}

Html paragraph(const Html& content) {
  return element("p", {}, content) + "\n";
}

Html muted(const Html& content) {
  return element("span", {{"class", "muted"}}, content);
}

Html alert(const Html& content) {
  return element("p", {{"role", "alert"}}, content) + "\n";
}

Html notice(const Html& content) {
  return element("p", {{"role", "status"}}, content) + "\n";
}

Html anchor(std::string_view href, const Html& content) {
  if (!is_followable(href)) return content;
  return element("a", {{"href", std::string(href)}}, content);
}

Html link(std::string_view href, const Html& content) {
  return paragraph(anchor(href, content));
}

Html code(std::string_view text) {
  return element("code", {}, text);
}

Html code_block(std::string_view text) {
  return element("pre", {{"tabindex", "0"}}, element("code", {}, text)) + "\n";
}

Html badge(Tone tone, std::string_view word) {
  return element("span", {{"class", fmt::format("badge {}", to_string(tone))}}, word);
}

Html definitions(const std::vector<std::pair<Html, Html>>& rows) {
  Html out;
  for (const auto& [term, said] : rows)
    out += element("div", {}, element("dt", {}, term) + element("dd", {}, said)) + "\n";
  return element("dl", {}, out) + "\n";
}

Html folded(const Html& summary, const Html& content) {
  return element("details", {}, element("summary", {}, summary) + "\n" + content) + "\n";
}

Html inline_list(const std::vector<Html>& items) {
  Html out;
  for (const Html& item : items) out += element("li", {}, item) + "\n";
  return element("ul", {{"class", "inline"}}, out) + "\n";
}

Html counts(const std::vector<Count>& tiles) {
  Html out;
  for (const Count& count : tiles) out += tile(count) + "\n";
  return element("ul", {{"class", "counts"}}, out) + "\n";
}

std::string grouped(std::size_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string spoken(Duration duration) {
  struct Unit {
    std::int64_t seconds;
    std::string_view name;
  };
  constexpr std::array<Unit, 4> kUnits = {{{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}}};
  const std::int64_t total =
      std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(duration).count());
  std::size_t at = 0;
  while (at + 1 < kUnits.size() && total < kUnits[at].seconds) ++at;
  const Unit& unit = kUnits[at];
  std::string text = fmt::format("{} {}", total / unit.seconds, unit.name);
  if (at > 1) return text;  // minutes and seconds stand alone
  const Unit& next = kUnits[at + 1];
  const std::int64_t rest = total % unit.seconds / next.seconds;
  if (rest > 0) text += fmt::format(" {} {}", rest, next.name);
  return text;
}

Html ago(WallTime time, WallTime now) {
  const std::string exact = format_rfc3339(time);
  const std::string title = fmt::format("{} {} UTC", exact.substr(0, 10), exact.substr(11, 8));
  const bool is_now = now - time < std::chrono::seconds(1);
  return element("time", {{"datetime", exact}, {"title", title}},
                 is_now ? "just now" : spoken(now - time) + " ago");
}

}  // namespace picket::web
