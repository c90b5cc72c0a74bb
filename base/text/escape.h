// Escaping for the places that text is put into, and UTF-8 repair.
#pragma once

#include <string>
#include <string_view>

#include "base/result/result.h"

namespace picket {

bool is_valid_utf8(std::string_view text);
/// Each maximal invalid sequence becomes U+FFFD (Unicode 15, 3.9, "substitution of maximal subparts").
std::string repair_utf8(std::string_view text);

/// & < > " ' as entities: fit for element text and quoted attributes.
std::string escape_html(std::string_view text);
/// RFC 3986 unreserved characters stay, everything else is %XX.
std::string percent_encode(std::string_view text);
/// InvalidInput on a broken escape. '+' stays '+'.
Result<std::string> percent_decode(std::string_view text);
/// A JSON string with its quotes; invalid UTF-8 is repaired.
std::string json_quote(std::string_view text);
/// JSON with escapes for what is no letter to a terminal or a reader of lines: C1 controls, line and
/// paragraph separators, bidirectional marks. They stand in JSON's strings alone, so that it means the same.
/// `json` is valid UTF-8.
std::string escape_invisible(std::string_view json);

}  // namespace picket
