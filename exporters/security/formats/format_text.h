// Builds a LineFormat piece by piece, and says where in the text of a format something is wrong.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/result/result.h"
#include "exporters/security/formats/line_splitter.h"

namespace picket::security {

class FormatBuilder {
 public:
  explicit FormatBuilder(Escapes escapes) { format_.escapes = escapes; }

  void add_literal(char c) { literal() += c; }
  void add(Slot slot) { format_.slots.push_back(std::move(slot)); }
  LineFormat take() { return std::move(format_); }

 private:
  std::string& literal() { return format_.slots.empty() ? format_.head : format_.slots.back().literal; }

  LineFormat format_;
};

/// The character that \c stands for in the text of a format.
inline char literal_escape(char c) {
  if (c == 't') return '\t';
  return c == 'n' ? '\n' : c;
}

inline Failure bad_format(std::size_t at, std::string_view why) {
  return fail(ErrorKind::InvalidInput, fmt::format("column {}: {}", at + 1, why));
}

}  // namespace picket::security
