#include "authd/names/precis.h"

#include <algorithm>

namespace picket::authd {
namespace {

constexpr char32_t kZeroWidthNonJoiner = 0x200C;

bool is_arabic_indic(char32_t c) {
  return c >= 0x0660 && c <= 0x0669;
}
bool is_extended_arabic_indic(char32_t c) {
  return c >= 0x06F0 && c <= 0x06F9;
}

/// Whether the first letter that is not transparent, going from `at` by `step`, joins towards `at`.
bool joins(const CodePoints& text, std::size_t at, int step) {
  const JoiningType towards = step < 0 ? JoiningType::Left : JoiningType::Right;
  for (std::size_t i = at + static_cast<std::size_t>(step); i < text.size();
       i += static_cast<std::size_t>(step)) {
    const JoiningType type = joining_type(text[i]);
    if (type != JoiningType::Transparent) return type == towards || type == JoiningType::Dual;
  }
  return false;  // also past the front, where the index wraps round
}

/// RFC 5892 A.1 and A.2.
bool passes_join_rule(const CodePoints& text, std::size_t at) {
  if (at > 0 && is_virama(text[at - 1])) return true;
  return text[at] == kZeroWidthNonJoiner && joins(text, at, -1) && joins(text, at, 1);
}

bool is_east_asian(char32_t c) {
  const Script script = script_of(c);
  return script == Script::Kana || script == Script::Han;
}

bool is_between(const CodePoints& text, std::size_t at, char32_t neighbour) {
  return at > 0 && at + 1 < text.size() && text[at - 1] == neighbour && text[at + 1] == neighbour;
}

/// RFC 5892 A.3 to A.9.
bool passes_other_rule(const CodePoints& text, std::size_t at) {
  const char32_t c = text[at];
  if (is_arabic_indic(c)) return std::ranges::none_of(text, is_extended_arabic_indic);
  if (is_extended_arabic_indic(c)) return std::ranges::none_of(text, is_arabic_indic);
  switch (c) {
    case 0x00B7:
      return is_between(text, at, U'l');
    case 0x0375:
      return at + 1 < text.size() && script_of(text[at + 1]) == Script::Greek;
    case 0x05F3:
    case 0x05F4:
      return at > 0 && script_of(text[at - 1]) == Script::Hebrew;
    case 0x30FB:
      return std::ranges::any_of(text, is_east_asian);
    default:
      return false;
  }
}

bool belongs(const CodePoints& text, std::size_t at, StringClass string_class) {
  switch (precis_property(text[at])) {
    case PrecisProperty::Valid:
      return true;
    case PrecisProperty::FreeformOnly:
      return string_class == StringClass::Freeform;
    case PrecisProperty::ContextJoin:
      return passes_join_rule(text, at);
    case PrecisProperty::ContextOther:
      return passes_other_rule(text, at);
    case PrecisProperty::Disallowed:
    case PrecisProperty::Unassigned:
      break;
  }
  return false;
}

bool is_right_to_left(char32_t c) {
  const BidiClass direction = bidi_class(c);
  return direction == BidiClass::R || direction == BidiClass::AL || direction == BidiClass::AN;
}

/// Conditions 2 and 5: what may stand in text of that direction.
bool fits_direction(char32_t c, bool right_to_left) {
  switch (bidi_class(c)) {
    case BidiClass::EN:
    case BidiClass::NeutralInBoth:
    case BidiClass::NonspacingMark:
      return true;
    case BidiClass::L:
      return !right_to_left;
    case BidiClass::R:
    case BidiClass::AL:
    case BidiClass::AN:
      return right_to_left;
    case BidiClass::Other:
      break;
  }
  return false;
}

/// Conditions 3 and 6: the last character that is no mark.
bool ends_well(const CodePoints& text, bool right_to_left) {
  const auto last = std::find_if(text.rbegin(), text.rend(),
                                 [](char32_t c) { return bidi_class(c) != BidiClass::NonspacingMark; });
  if (last == text.rend()) return false;
  const BidiClass direction = bidi_class(*last);
  if (direction == BidiClass::EN) return true;
  return right_to_left ? is_right_to_left(*last) : direction == BidiClass::L;
}

bool has_class(const CodePoints& text, BidiClass wanted) {
  return std::ranges::any_of(text, [&](char32_t c) { return bidi_class(c) == wanted; });
}

}  // namespace

Result<void> check_string_class(const CodePoints& text, StringClass string_class) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (belongs(text, i, string_class)) continue;
    return fail(ErrorKind::InvalidInput,
                fmt::format("U+{:04X} is not allowed", static_cast<std::uint32_t>(text[i])));
  }
  return {};
}

bool passes_bidi_rule(const CodePoints& text) {
  if (std::ranges::none_of(text, is_right_to_left)) return true;
  const BidiClass first = bidi_class(text.front());
  const bool right_to_left = first == BidiClass::R || first == BidiClass::AL;
  if (!right_to_left && first != BidiClass::L) return false;  // condition 1
  const bool fits = std::ranges::all_of(text, [&](char32_t c) { return fits_direction(c, right_to_left); });
  const bool mixes_numbers = has_class(text, BidiClass::EN) && has_class(text, BidiClass::AN);  // condition 4
  return fits && !mixes_numbers && ends_well(text, right_to_left);
}

}  // namespace picket::authd
