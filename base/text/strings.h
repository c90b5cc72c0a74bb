// Small questions about strings that the standard library does not answer. ASCII only; no locale.
#pragma once

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace picket {

/// C0 and DEL.
inline bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

inline bool is_blank_or_control(char c) {
  return c == ' ' || is_control(c);
}

std::string_view trim(std::string_view text);
/// Every field, empty ones too; "" gives one empty field.
std::vector<std::string_view> split(std::string_view text, char separator);
/// The fields would look into what is gone: give the text a name first.
template <class Temporary>
  requires std::same_as<std::remove_const_t<Temporary>, std::string>
std::vector<std::string_view> split(Temporary&& text, char separator) = delete;
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);
bool iequals(std::string_view a, std::string_view b);
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);
/// At most `max_bytes`, cut at a UTF-8 boundary, with "..." at the end when something was cut.
std::string truncate(std::string_view text, std::size_t max_bytes);

}  // namespace picket
