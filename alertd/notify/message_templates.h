// The texts of notifications: templates from the configuration, with Picket's own as defaults, over the
// definitions of `templates:` files. Compiled at load, so that a mistake is found then, with file, line and
// column.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "alertd/templates/template.h"
#include "base/config/reader.h"

namespace picket::alertd {

/// A text of the configuration and where it stands there.
struct TemplateText {
  std::string text;
  Position position;
};
bool read_value(const ValueReader& r, TemplateText& out);

/// It is worth expanding: a text without "{{" says the same for every alert.
bool has_actions(std::string_view text);

/// Picket's definitions (`__subject`, `picket.text`, `picket.html`, `picket.sms`, `slack.default.title`,
/// ...). User files added afterwards may replace any of them.
Result<TemplateLibrary> default_template_library();

class MessageTemplates {
 public:
  /// Problems name `file` and the text's position.
  MessageTemplates(std::string file, const TemplateLibrary& library)
      : file_(std::move(file)), library_(library) {}

  Result<Template> compile(const TemplateText& text) const;

 private:
  std::string file_;
  const TemplateLibrary& library_;
};

}  // namespace picket::alertd
