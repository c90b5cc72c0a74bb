#include "authd/names/unicode.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>

#include <algorithm>
#include <memory>

#include "base/deliver/idna.h"
#include "base/text/escape.h"

namespace picket::authd {
namespace {

using icu::Normalizer2;
using icu::UnicodeString;

UChar32 icu_of(char32_t c) {
  return static_cast<UChar32>(c);
}

UnicodeString icu_of(const CodePoints& text) {
  UnicodeString out;
  for (const char32_t c : text) out.append(icu_of(c));
  return out;
}

CodePoints from_icu(const UnicodeString& text) {
  CodePoints out;
  out.reserve(static_cast<std::size_t>(text.length()));
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    out += static_cast<char32_t>(text.char32At(i));
  }
  return out;
}

/// ICU's own tables: they can only be missing when the library is broken.
const Normalizer2* loaded(const Normalizer2* normalizer, UErrorCode status) {
  check(U_SUCCESS(status) && normalizer != nullptr, "ICU has no normalisation tables");
  return normalizer;
}

const Normalizer2* nfc() {
  UErrorCode status = U_ZERO_ERROR;
  const Normalizer2* normalizer = Normalizer2::getNFCInstance(status);
  return loaded(normalizer, status);
}

const Normalizer2* nfd() {
  UErrorCode status = U_ZERO_ERROR;
  const Normalizer2* normalizer = Normalizer2::getNFDInstance(status);
  return loaded(normalizer, status);
}

const Normalizer2* nfkc() {
  UErrorCode status = U_ZERO_ERROR;
  const Normalizer2* normalizer = Normalizer2::getNFKCInstance(status);
  return loaded(normalizer, status);
}

UnicodeString normalized(const Normalizer2* normalizer, const UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  UnicodeString out = normalizer->normalize(text, status);
  check(U_SUCCESS(status), "ICU cannot normalise");
  return out;
}

bool has_compatibility_form(UChar32 c) {
  const UnicodeString alone(c);
  return normalized(nfkc(), alone) != alone;
}

/// RFC 8264 9.6, which is RFC 5892 2.6.
enum class Exception { None, Valid, Context, Disallowed };

Exception exception_of(UChar32 c) {
  switch (c) {
    case 0x00DF:
    case 0x03C2:
    case 0x06FD:
    case 0x06FE:
    case 0x0F0B:
    case 0x3007:
      return Exception::Valid;
    case 0x00B7:
    case 0x0375:
    case 0x05F3:
    case 0x05F4:
    case 0x30FB:
      return Exception::Context;
    case 0x0640:
    case 0x07FA:
    case 0x302E:
    case 0x302F:
    case 0x303B:
      return Exception::Disallowed;
    default:
      break;
  }
  if (c >= 0x3031 && c <= 0x3035) return Exception::Disallowed;
  const bool arabic_digit = (c >= 0x0660 && c <= 0x0669) || (c >= 0x06F0 && c <= 0x06F9);
  return arabic_digit ? Exception::Context : Exception::None;
}

bool is_old_hangul_jamo(UChar32 c) {
  const int32_t type = u_getIntPropertyValue(c, UCHAR_HANGUL_SYLLABLE_TYPE);
  return type == U_HST_LEADING_JAMO || type == U_HST_VOWEL_JAMO || type == U_HST_TRAILING_JAMO;
}

bool is_ignorable(UChar32 c) {
  return u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0 ||
         u_hasBinaryProperty(c, UCHAR_NONCHARACTER_CODE_POINT) != 0;
}

bool is_in(UChar32 c, std::uint32_t categories) {
  return (U_GET_GC_MASK(c) & categories) != 0;
}

constexpr std::uint32_t kLetterDigits =
    U_GC_LL_MASK | U_GC_LU_MASK | U_GC_LO_MASK | U_GC_ND_MASK | U_GC_LM_MASK | U_GC_MN_MASK | U_GC_MC_MASK;
/// OtherLetterDigits, Spaces, Symbols and Punctuation of RFC 8264 9.
constexpr std::uint32_t kFreeform =
    U_GC_LT_MASK | U_GC_NL_MASK | U_GC_NO_MASK | U_GC_ME_MASK | U_GC_ZS_MASK | U_GC_S_MASK | U_GC_P_MASK;

/// The part of the derivation that follows the exceptions, in the order that RFC 8264 8 prescribes.
PrecisProperty derived_property(UChar32 c) {
  if (u_charType(c) == U_UNASSIGNED && !is_ignorable(c)) return PrecisProperty::Unassigned;
  if (c >= 0x21 && c <= 0x7E) return PrecisProperty::Valid;
  if (u_hasBinaryProperty(c, UCHAR_JOIN_CONTROL) != 0) return PrecisProperty::ContextJoin;
  if (is_old_hangul_jamo(c) || is_ignorable(c)) return PrecisProperty::Disallowed;
  if (u_charType(c) == U_CONTROL_CHAR) return PrecisProperty::Disallowed;
  if (has_compatibility_form(c)) return PrecisProperty::FreeformOnly;
  if (is_in(c, kLetterDigits)) return PrecisProperty::Valid;
  return is_in(c, kFreeform) ? PrecisProperty::FreeformOnly : PrecisProperty::Disallowed;
}

struct SpoofCheckerCloser {
  void operator()(USpoofChecker* checker) const { uspoof_close(checker); }
};
using OpenSpoofChecker = std::unique_ptr<USpoofChecker, SpoofCheckerCloser>;

OpenSpoofChecker open_spoof_checker() {
  UErrorCode status = U_ZERO_ERROR;
  OpenSpoofChecker checker(uspoof_open(&status));
  check(U_SUCCESS(status), "ICU has no confusables tables");
  uspoof_setRestrictionLevel(checker.get(), USPOOF_HIGHLY_RESTRICTIVE);
  uspoof_setChecks(checker.get(),
                   USPOOF_RESTRICTION_LEVEL | USPOOF_INVISIBLE | USPOOF_MIXED_NUMBERS | USPOOF_HIDDEN_OVERLAY,
                   &status);
  check(U_SUCCESS(status), "ICU does not know our checks");
  return checker;
}

const USpoofChecker* spoof_checker() {
  static const OpenSpoofChecker checker = open_spoof_checker();
  return checker.get();
}

bool is_ascii(const UnicodeString& text) {
  for (int32_t i = 0; i < text.length(); ++i) {
    if (text.charAt(i) > 0x7F) return false;
  }
  return true;
}

}  // namespace

Result<CodePoints> decode_utf8(std::string_view text) {
  if (!is_valid_utf8(text)) return fail(ErrorKind::InvalidInput, "is not valid UTF-8");
  const icu::StringPiece piece(text.data(), static_cast<int32_t>(text.size()));
  return from_icu(UnicodeString::fromUTF8(piece));
}

std::string encode_utf8(const CodePoints& text) {
  std::string out;
  icu_of(text).toUTF8String(out);
  return out;
}

CodePoints to_nfc(const CodePoints& text) {
  return from_icu(normalized(nfc(), icu_of(text)));
}

CodePoints to_lower_case(const CodePoints& text) {
  UnicodeString lowered = icu_of(text);
  lowered.toLower(icu::Locale::getRoot());
  return from_icu(lowered);
}

CodePoints fold_case(const CodePoints& text) {
  UnicodeString folded = icu_of(text);
  folded.foldCase();
  return from_icu(folded);
}

CodePoints without_marks(const CodePoints& text) {
  CodePoints plain = from_icu(normalized(nfd(), icu_of(text)));
  std::erase_if(plain, is_mark);
  return plain;
}

CodePoints map_width(const CodePoints& text) {
  UnicodeString out;
  for (const char32_t c : text) {
    const int32_t type = u_getIntPropertyValue(icu_of(c), UCHAR_DECOMPOSITION_TYPE);
    UnicodeString plain;
    const bool is_form = type == U_DT_WIDE || type == U_DT_NARROW;
    if (is_form && nfkc()->getRawDecomposition(icu_of(c), plain) != 0) {
      out.append(plain);
    } else {
      out.append(icu_of(c));
    }
  }
  return from_icu(out);
}

PrecisProperty precis_property(char32_t c) {
  switch (exception_of(icu_of(c))) {
    case Exception::Valid:
      return PrecisProperty::Valid;
    case Exception::Context:
      return PrecisProperty::ContextOther;
    case Exception::Disallowed:
      return PrecisProperty::Disallowed;
    case Exception::None:
      break;
  }
  return derived_property(icu_of(c));
}

BidiClass bidi_class(char32_t c) {
  switch (u_charDirection(icu_of(c))) {
    case U_LEFT_TO_RIGHT:
      return BidiClass::L;
    case U_RIGHT_TO_LEFT:
      return BidiClass::R;
    case U_RIGHT_TO_LEFT_ARABIC:
      return BidiClass::AL;
    case U_ARABIC_NUMBER:
      return BidiClass::AN;
    case U_EUROPEAN_NUMBER:
      return BidiClass::EN;
    case U_DIR_NON_SPACING_MARK:
      return BidiClass::NonspacingMark;
    case U_EUROPEAN_NUMBER_SEPARATOR:
    case U_COMMON_NUMBER_SEPARATOR:
    case U_EUROPEAN_NUMBER_TERMINATOR:
    case U_OTHER_NEUTRAL:
    case U_BOUNDARY_NEUTRAL:
      return BidiClass::NeutralInBoth;
    default:
      return BidiClass::Other;
  }
}

JoiningType joining_type(char32_t c) {
  switch (u_getIntPropertyValue(icu_of(c), UCHAR_JOINING_TYPE)) {
    case U_JT_LEFT_JOINING:
      return JoiningType::Left;
    case U_JT_RIGHT_JOINING:
      return JoiningType::Right;
    case U_JT_DUAL_JOINING:
      return JoiningType::Dual;
    case U_JT_TRANSPARENT:
      return JoiningType::Transparent;
    default:
      return JoiningType::None;
  }
}

Script script_of(char32_t c) {
  UErrorCode status = U_ZERO_ERROR;
  switch (uscript_getScript(icu_of(c), &status)) {
    case USCRIPT_GREEK:
      return Script::Greek;
    case USCRIPT_HEBREW:
      return Script::Hebrew;
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
      return Script::Kana;
    case USCRIPT_HAN:
      return Script::Han;
    default:
      return Script::Other;
  }
}

bool is_space(char32_t c) {
  return is_in(icu_of(c), U_GC_ZS_MASK);
}

bool is_mark(char32_t c) {
  return is_in(icu_of(c), U_GC_M_MASK);
}

bool is_virama(char32_t c) {
  constexpr std::uint8_t kVirama = 9;  // canonical combining class
  return u_getCombiningClass(icu_of(c)) == kVirama;
}

bool is_letter_or_digit(char32_t c) {
  return is_in(icu_of(c), U_GC_L_MASK | U_GC_N_MASK);
}

bool is_confusable(const CodePoints& text) {
  const UnicodeString name = icu_of(text);
  if (is_ascii(name)) return false;
  UErrorCode status = U_ZERO_ERROR;
  const int32_t failed = uspoof_check2UnicodeString(spoof_checker(), name, nullptr, &status);
  if (U_FAILURE(status) || failed != 0) return true;
  UnicodeString skeleton;
  uspoof_getSkeletonUnicodeString(spoof_checker(), 0, name, skeleton, &status);
  return U_FAILURE(status) || is_ascii(skeleton);
}

Result<std::string> domain_to_ascii(std::string_view domain) {
  Result<std::string> out = to_a_labels(domain);
  if (!out) return fail(ErrorKind::InvalidInput, "is not a domain name");
  if (out->ends_with('.')) out->pop_back();
  return out;
}

}  // namespace picket::authd
