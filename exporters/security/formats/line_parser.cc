#include "exporters/security/formats/line_parser.h"

namespace picket::security {

std::string_view to_string(ParseResult result) {
  switch (result) {
    case ParseResult::Ok:
      return "ok";
    case ParseResult::Format:
      return "format";
    case ParseResult::Oversize:
      return "oversize";
    case ParseResult::Binary:
      return "binary";
    case ParseResult::Time:
      return "time";
  }
  return "format";
}

Result<void> LineParser::restore(std::string_view state) {
  if (state.empty()) return {};
  return fail(ErrorKind::InvalidInput, "this format remembers nothing between lines");
}

}  // namespace picket::security
