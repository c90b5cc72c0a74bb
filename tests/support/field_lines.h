// The lines of tests/base/detect/attack_fields.txt and harmless_fields.txt, as fields of a log.
// Used by tests alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/detect/detector.h"

namespace picket {

struct FieldLine {
  std::string kind;   ///< "sql_injection", "prose"
  std::string field;  ///< as a log has it: a value stands in a target, percent-encoded
  FieldKind where = FieldKind::Other;
  std::string line;  ///< of the file, for messages
};

/// \n \r \t \\ and \xHH.
std::string unescape(std::string_view text);
/// Of a file of tests/base/detect, without comments.
std::vector<FieldLine> field_lines(const std::string& name);

}  // namespace picket
