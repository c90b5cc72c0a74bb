// The string classes of RFC 8264 (PRECIS) with their context rules, and the Bidi rule of RFC 5893. Pure; used
// by the profiles beside it. Safe from any thread.
#pragma once

#include "authd/names/unicode.h"

namespace picket::authd {

enum class StringClass {
  Identifier,  ///< letters, digits, printable ASCII
  Freeform,    ///< and spaces, symbols, punctuation, compatibility forms
};

/// InvalidInput names the first code point that does not belong ("U+202E is not allowed"): fit for people.
Result<void> check_string_class(const CodePoints& text, StringClass string_class);

/// RFC 5893 2. Text without right-to-left characters always passes.
bool passes_bidi_rule(const CodePoints& text);

}  // namespace picket::authd
