#include "exporters/security/formats/framed_parser.h"

#include <utility>

namespace picket::security {
namespace {

void clear(LogRecord& record) {
  auto fields = std::move(record.fields);  // for its memory
  fields.clear();
  record = LogRecord();
  record.fields = std::move(fields);
}

}  // namespace

ParseResult FramedParser::parse(std::string_view line, WallTime read_at, LogRecord& out) {
  clear(out);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.size() > kLineMax) return ParseResult::Oversize;
  std::string_view text = line;
  while (text.starts_with('\0')) text.remove_prefix(1);
  if (text.empty()) return line.empty() ? ParseResult::Ok : ParseResult::Binary;
  const ParseResult result = read(text, read_at, out);
  const bool is_binary = result == ParseResult::Format && line.find('\0') != std::string_view::npos;
  return is_binary ? ParseResult::Binary : result;
}

}  // namespace picket::security
