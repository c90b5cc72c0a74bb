// What pages are made of besides tables, forms and charts. A parameter of type Html takes text as well, which
// is escaped. Pure, safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time/clock.h"
#include "base/web/html.h"

namespace picket::web {

/// What a colour means. It never stands without its word.
enum class Tone { Good, Warning, Bad, Info, Neutral };
/// "good", "warning", ...: the class in the style sheet.
std::string_view to_string(Tone tone);

Html heading(const Html& text);
Html paragraph(const Html& content);
/// Less important than what is around it.
Html muted(const Html& content);
/// What went wrong or well, announced to screen readers.
Html alert(const Html& content);
Html notice(const Html& content);
/// A link within text. Where `href` is neither relative nor http(s) or mailto, the text alone.
Html anchor(std::string_view href, const Html& content);
/// A paragraph of one link.
Html link(std::string_view href, const Html& content);
Html code(std::string_view text);
/// Several lines as they are.
Html code_block(std::string_view text);
/// A state: shape, colour and word.
Html badge(Tone tone, std::string_view word);

/// Terms and what is to be said of each.
Html definitions(const std::vector<std::pair<Html, Html>>& rows);

/// Folded away behind its summary until somebody wants to see it.
Html folded(const Html& summary, const Html& content);

/// Things beside each other, as many on a line as there is room for.
Html inline_list(const std::vector<Html>& items);

/// How many there are of a kind, large, as a row of tiles. A tile leads to what it counts.
struct Count {
  std::size_t number = 0;
  std::string label{};
  Tone tone = Tone::Neutral;  ///< shown when the number is not 0
  std::string href{};         ///< "": leads nowhere
  bool is_current = false;    ///< the page shows these now
};
Html counts(const std::vector<Count>& tiles);

/// "10,000"
std::string grouped(std::size_t number);
/// "45 s", "12 min", "3 h 5 min", "2 d 4 h".
std::string spoken(Duration duration);
/// How long ago; the time itself (UTC) is in the title.
Html ago(WallTime time, WallTime now);

}  // namespace picket::web
