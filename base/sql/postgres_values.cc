#include "base/sql/postgres_values.h"

#include <charconv>
#include <cstdlib>

namespace picket::sql {
namespace {

// Built-in type numbers, as pg_type.dat lists them.
enum : pqxx::oid {
  kBool = 16,
  kInt8 = 20,
  kInt2 = 21,
  kInt4 = 23,
  kOid = 26,
  kFloat4 = 700,
  kFloat8 = 701,
  kNumeric = 1700
};

Value integer_or_text(std::string_view text) {
  std::int64_t integer = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), integer);
  if (error == std::errc() && end == text.data() + text.size()) return integer;
  return std::string(text);
}

double real_of(const char* text) {
  return std::strtod(text, nullptr);
}

// Sums of integers are numeric in PostgreSQL.
Value numeric_of(std::string_view text) {
  const Value integer = integer_or_text(text);
  return std::holds_alternative<std::int64_t>(integer) ? integer : Value(real_of(text.data()));
}

}  // namespace

Value value_of(const pqxx::field& field) {
  if (field.is_null()) return {};
  const std::string_view text(field.c_str(), field.size());
  switch (field.type()) {
    case kBool:
      return std::int64_t{text == "t" ? 1 : 0};
    case kInt2:
    case kInt4:
    case kInt8:
    case kOid:
      return integer_or_text(text);
    case kFloat4:
    case kFloat8:
      return real_of(field.c_str());
    case kNumeric:
      return numeric_of(text);
    default:
      return std::string(text);
  }
}

std::vector<std::string> columns_of(const pqxx::result& result) {
  std::vector<std::string> columns;
  for (pqxx::row::size_type column = 0; column < result.columns(); ++column) {
    columns.emplace_back(result.column_name(column));
  }
  return columns;
}

Rows rows_of(const pqxx::result& result) {
  Rows rows;
  rows.columns = columns_of(result);
  rows.values.reserve(result.size());
  for (const pqxx::row& row : result) {
    std::vector<Value>& values = rows.values.emplace_back();
    for (const pqxx::field& field : row) values.push_back(value_of(field));
  }
  return rows;
}

}  // namespace picket::sql
