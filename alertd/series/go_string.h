// Go's string syntax: escapes of interpreted literals and strconv.Quote. Matchers and templates are written
// in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace picket::alertd {

void append_utf8(std::string& out, std::uint32_t code_point);

/// Takes the code point at `at` and moves past it; U+FFFD and one byte for what is not UTF-8.
std::uint32_t next_code_point(std::string_view text, std::size_t& at);

/// Reads one escape after its backslash: text[at] is the character behind it. Appends what it stands for and
/// moves `at` past it; false when it is unknown. `quote` is the one quote that may be escaped.
bool read_go_escape(std::string_view text, std::size_t& at, char quote, std::string& out);

/// "text" with Go's escapes, as %q prints it.
std::string quote_go(std::string_view text);

}  // namespace picket::alertd
