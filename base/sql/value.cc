#include "base/sql/value.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace picket::sql {
namespace {

template <class Number>
Number number_of(const std::string& text) {
  Number number{};
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::int64_t rounded_down(double real) {
  constexpr double kLimit = 9.2e18;
  return std::abs(real) < kLimit ? static_cast<std::int64_t>(real) : 0;
}

}  // namespace

std::int64_t Row::integer(std::size_t column) const {
  const Value& value = values_.at(column);
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
  if (const auto* real = std::get_if<double>(&value)) return rounded_down(*real);
  if (const auto* text = std::get_if<std::string>(&value)) return number_of<std::int64_t>(*text);
  return 0;
}

double Row::real(std::size_t column) const {
  const Value& value = values_.at(column);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  if (const auto* text = std::get_if<std::string>(&value)) return number_of<double>(*text);
  return 0;
}

std::string Row::text(std::size_t column) const {
  const Value& value = values_.at(column);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *integer);
  if (const auto* real = std::get_if<double>(&value)) return fmt::format("{}", *real);
  return "";
}

}  // namespace picket::sql
