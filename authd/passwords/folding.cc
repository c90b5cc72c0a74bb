#include "authd/passwords/folding.h"

#include "authd/names/unicode.h"

namespace picket::authd {
namespace {

char32_t unleet(char32_t c) {
  constexpr std::u32string_view kFrom = U"01!|l34@5$697+82";
  constexpr std::u32string_view kTo = U"oiiiieaassggttbz";
  static_assert(kFrom.size() == kTo.size());
  const std::size_t at = kFrom.find(c);
  return at == std::u32string_view::npos ? c : kTo[at];
}

CodePoints without_case_and_marks(std::string_view text) {
  const auto decoded = decode_utf8(text);
  return decoded ? without_marks(fold_case(*decoded)) : CodePoints();
}

std::string letters_of(CodePoints text) {
  std::erase_if(text, [](char32_t c) { return !is_letter_or_digit(c); });
  return encode_utf8(text);
}

}  // namespace

std::string fold_plain(std::string_view text) {
  return letters_of(without_case_and_marks(text));
}

std::string fold_leet(std::string_view text) {
  CodePoints folded = without_case_and_marks(text);
  for (char32_t& c : folded) c = unleet(c);
  return letters_of(std::move(folded));
}

}  // namespace picket::authd
