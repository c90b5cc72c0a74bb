#include "alertd/templates/config_template.h"

#include "base/text/numbers.h"

namespace picket::alertd {

namespace {

struct Place {
  Position position;
  std::string message;
};

/// "name:12:5: what" taken apart.
Place place_of(const std::string& message, const std::string& name) {
  const std::string_view rest = std::string_view(message).substr(std::min(name.size() + 1, message.size()));
  const std::size_t line_end = rest.find(':');
  const std::size_t column_end = line_end == std::string_view::npos ? line_end : rest.find(": ", line_end);
  if (column_end == std::string_view::npos) return {{}, message};
  const auto line = parse_int(rest.substr(0, line_end));
  const auto column = parse_int(rest.substr(line_end + 1, column_end - line_end - 1));
  if (!line || !column) return {{}, message};
  return {{static_cast<int>(*line), static_cast<int>(*column)}, std::string(rest.substr(column_end + 2))};
}

/// Where the text itself starts: on the line after a "|" or ">", behind a quote. A text with line breaks is
/// taken for a block, whose indentation is not known: columns count from its own.
Position text_position(const YamlNode& node) {
  Position position = node.position;
  if (node.scalar.find('\n') != std::string::npos) {
    ++position.line;
    position.column = 1;
  } else if (node.quoted) {
    ++position.column;
  }
  return position;
}

}  // namespace

bool read_template(const ValueReader& value, const TemplateOptions& options, std::optional<Template>& out) {
  std::string text;
  if (!value.decode(text)) return false;
  const std::string& file = value.context().problems.file();
  auto compiled =
      Template::compile({.name = file, .text = text, .position = text_position(value.node())}, options);
  if (!compiled) {
    const Place place = place_of(compiled.error().message, file);
    value.context().problems.add(place.position, value.path(), place.message);
    return false;
  }
  out = std::move(*compiled);
  return true;
}

}  // namespace picket::alertd
