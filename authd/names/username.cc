#include "authd/names/username.h"

#include <algorithm>

#include "authd/names/precis.h"

namespace picket::authd {
namespace {

constexpr std::size_t kTypedBytesMax = 4 * kUsernameLengthMax;
constexpr int kMappingRounds = 4;  // RFC 8264 7: stable by then, or refused

Failure refuse_name(std::string_view reason) {
  return fail(ErrorKind::InvalidInput, fmt::format("user name {}", reason));
}

CodePoints mapped_once(const CodePoints& text) {
  return to_nfc(to_lower_case(map_width(text)));
}

Result<CodePoints> mapped(CodePoints text) {
  for (int round = 0; round < kMappingRounds; ++round) {
    CodePoints next = mapped_once(text);
    if (next == text) return text;
    text = std::move(next);
  }
  return refuse_name("has no stable form");
}

bool is_join_control(char32_t c) {
  return c == 0x200C || c == 0x200D;
}

Result<void> check_name(const CodePoints& name) {
  if (auto in_class = check_string_class(name, StringClass::Identifier); !in_class)
    return refuse_name(fmt::format("is not fit: {}", in_class.error().message));
  if (std::ranges::any_of(name, is_join_control)) return refuse_name("must not hold join controls");
  if (name.find_first_of(U"@:") != CodePoints::npos) return refuse_name("must not hold @ or :");
  if (is_mark(name.front())) return refuse_name("must not begin with a combining mark");
  if (!passes_bidi_rule(name)) return refuse_name("mixes writing directions");
  if (is_confusable(name)) return refuse_name("could be taken for another: use letters of one script");
  return {};
}

constexpr std::string_view kPlainPunctuation = "-_.'+!~";

bool is_ascii_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Of a letter or digit beyond ASCII: the identifier class has nothing else there.
bool is_beyond_ascii(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

Result<CanonicalName> canonical_username(std::string_view typed) {
  if (typed.empty()) return refuse_name("is empty");
  if (typed.size() > kTypedBytesMax) return refuse_name("is too long");
  const auto decoded = decode_utf8(typed);
  if (!decoded) return refuse_name(decoded.error().message);
  const auto name = mapped(*decoded);
  if (!name) return fail(name);
  if (name->size() > kUsernameLengthMax) return refuse_name("is too long");
  if (auto fine = check_name(*name); !fine) return fail(fine);
  return CanonicalName{std::string(typed), encode_utf8(*name)};
}

bool is_plain_username(std::string_view name) {
  const auto stands_for_itself = [](char c) { return is_ascii_letter_or_digit(c) || is_beyond_ascii(c); };
  return std::ranges::any_of(name, stands_for_itself) && std::ranges::all_of(name, [&](char c) {
           return stands_for_itself(c) || kPlainPunctuation.find(c) != std::string_view::npos;
         });
}

Result<CanonicalName> new_username(std::string_view typed) {
  auto name = canonical_username(typed);
  if (!name || is_plain_username(name->key)) return name;
  return refuse_name("needs a letter or digit, and beside letters and digits it may hold - _ . ' + ! ~ only");
}

}  // namespace picket::authd
