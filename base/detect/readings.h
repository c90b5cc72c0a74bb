// What a text becomes when whoever receives it decodes it once more: the ways in which an attack hides from a
// look at its bytes. Used by Detector. Pure, linear in the text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace picket {

/// What one pass over the bytes tells; most texts are quiet and hold nothing to decode.
struct TextShape {
  bool is_quiet =
      true;  ///< letters, digits and marks that open nothing: no quote, bracket of code, control byte
  bool has_escapes = false;  ///< false: decode_escapes() would change nothing
  bool has_runs = false;     ///< false: decode_base64_runs() would find nothing
};
TextShape shape_of(std::string_view text);

/// One layer of: %XX and %uXXXX; HTML entities, named and numeric; \uXXXX, \u{X} and \xXX; UTF-8 that is longer
/// than needed; full-width forms and other characters that frameworks fold to ASCII. What is not well formed
/// stays as it is. Never longer than the text.
std::string decode_escapes(std::string_view text);

/// What the long runs of base64 or base64url in the text say, where that is text: at most four, the first ones.
std::vector<std::string> decode_base64_runs(std::string_view text);

}  // namespace picket
