// How values stand in columns, and what a number of changed rows means. For the stores of this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/sql/database.h"
#include "base/time/timestamp.h"

namespace picket::authd {

inline sql::Value millis(WallTime time) {
  return unix_millis(time);
}
inline sql::Value truth(bool value) {
  return std::int64_t{value ? 1 : 0};
}
inline sql::Value number(std::int64_t value) {
  return value;
}
inline sql::Value text(std::string_view value) {
  return std::string(value);
}
inline WallTime time_at(const sql::Row& row, std::size_t column) {
  return from_unix_millis(row.integer(column));
}
inline bool truth_at(const sql::Row& row, std::size_t column) {
  return row.integer(column) != 0;
}

/// Words with blanks between them; a word has none itself.
sql::Value words(const std::vector<std::string>& list);
std::vector<std::string> words_at(const sql::Row& row, std::size_t column);

/// Whether a conditional statement for one row changed it.
Result<bool> won(const Result<std::int64_t>& changed);
/// For statements of which it says nothing how many rows they changed.
template <class Changed>
Result<void> done(const Result<Changed>& changed) {
  if (!changed) return fail(changed);
  return {};
}

/// The first row through `read`, or nothing.
template <class Value, class Read>
Result<std::optional<Value>> first_of(const Result<sql::Rows>& rows, Read&& read) {
  if (!rows) return fail(rows);
  if (rows->empty()) return std::nullopt;
  Result<Value> value = read((*rows)[0]);
  if (!value) return fail(value);
  return std::move(*value);
}

/// Every row through `read`; the first that fails is the answer.
template <class Value, class Read>
Result<std::vector<Value>> each_of(const Result<sql::Rows>& rows, Read&& read) {
  if (!rows) return fail(rows);
  std::vector<Value> values;
  values.reserve(rows->size());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    Result<Value> value = read((*rows)[i]);
    if (!value) return fail(value);
    values.push_back(std::move(*value));
  }
  return values;
}

}  // namespace picket::authd
