// What the profiles of this folder ask of Unicode; ICU sits behind it, in one .cc. Text is code points, in
// which every rule of RFC 8264 and 8265 is written. Safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result/result.h"

namespace picket::authd {

using CodePoints = std::u32string;

/// InvalidInput when it is not UTF-8.
Result<CodePoints> decode_utf8(std::string_view text);
std::string encode_utf8(const CodePoints& text);

CodePoints to_nfc(const CodePoints& text);
CodePoints to_lower_case(const CodePoints& text);  ///< the Unicode algorithm, of no language
CodePoints fold_case(const CodePoints& text);      ///< for comparison only
CodePoints without_marks(const CodePoints& text);  ///< "é" is "e": for comparison only
CodePoints map_width(const CodePoints& text);      ///< full-width and half-width forms to plain ones

/// RFC 8264 8: what a code point may be used for.
enum class PrecisProperty { Valid, FreeformOnly, ContextJoin, ContextOther, Disallowed, Unassigned };
PrecisProperty precis_property(char32_t c);

enum class BidiClass { L, R, AL, AN, EN, NeutralInBoth, NonspacingMark, Other };
BidiClass bidi_class(char32_t c);

enum class JoiningType { None, Left, Right, Dual, Transparent };
JoiningType joining_type(char32_t c);

enum class Script { Greek, Hebrew, Kana, Han, Other };
Script script_of(char32_t c);

bool is_space(char32_t c);  ///< general category Zs
bool is_mark(char32_t c);   ///< Mn, Mc, Me
bool is_virama(char32_t c);
bool is_letter_or_digit(char32_t c);

/// UTS 39: mixes scripts beyond "highly restrictive", mixes digits of several scripts, hides a mark, or looks
/// like plain ASCII without being it.
bool is_confusable(const CodePoints& text);

/// UTS 46, non-transitional, STD3: lower case and punycode, without a final dot. InvalidInput.
Result<std::string> domain_to_ascii(std::string_view domain);

}  // namespace picket::authd
