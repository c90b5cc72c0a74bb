// Values that go into and come out of a database.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace picket::sql {

/// NULL, integer (64 bit), real, text. Bytes go as base64 or hexadecimal text: the portable subset has no
/// blob.
using Value = std::variant<std::monostate, std::int64_t, double, std::string>;
using Params = std::vector<Value>;

class Row {
 public:
  Row(const std::vector<std::string>* columns, std::vector<Value> values)
      : columns_(columns), values_(std::move(values)) {}
  std::size_t size() const { return values_.size(); }
  const Value& operator[](std::size_t column) const { return values_[column]; }
  bool is_null(std::size_t column) const { return std::holds_alternative<std::monostate>(values_[column]); }
  /// Converted where that is exact (text "12" reads as 12); NULL gives 0, 0.0 or "".
  std::int64_t integer(std::size_t column) const;
  double real(std::size_t column) const;
  std::string text(std::size_t column) const;
  const std::string& column_name(std::size_t column) const { return (*columns_)[column]; }

 private:
  const std::vector<std::string>* columns_;
  std::vector<Value> values_;
};

class Rows {
 public:
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> values;

  std::size_t size() const { return values.size(); }
  bool empty() const { return values.empty(); }
  Row operator[](std::size_t row) const { return Row(&columns, values[row]); }
};

}  // namespace picket::sql
