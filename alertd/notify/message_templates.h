// The texts of notifications: templates from the configuration, with Picket's own as defaults, over the
// definitions of `templates:` files. Compiled at load, so that a mistake is found then, with file, line and
// column.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "alertd/notify/notification.h"
#include "alertd/templates/template.h"
#include "base/config/reader.h"

namespace picket::alertd {

/// A text of the configuration and where it stands there.
struct TemplateText {
  std::string text;
  Position position;
};
bool read_value(const ValueReader& r, TemplateText& out);

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

/// Expands for a notification. An error names the template's place.
Result<std::string> expand(const Template& tmpl, const Notification& notification,
                           Escape escape = Escape::None);

}  // namespace picket::alertd
