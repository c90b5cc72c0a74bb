// Just enough of C++'s lexer to tell code from comments and literals. Used by SourceFile.
#pragma once

#include <string>
#include <string_view>

namespace picket::tidy {

struct Blanked {
  bool comments = true;
  bool literals = true;  ///< what is between the quotes; the quotes stay
};

/// `text` with what is asked for replaced by spaces; newlines and length stay.
std::string blank(std::string_view text, Blanked what);

}  // namespace picket::tidy
