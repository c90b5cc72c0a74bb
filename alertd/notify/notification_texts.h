// The texts of one notification. A template that fails when it is expanded holds no alert back: the error
// stands in its place, as in Prometheus, and is remembered. Not thread-safe; lives as long as one render().
#pragma once

#include <string>
#include <vector>

#include "alertd/notify/notification.h"
#include "alertd/templates/template.h"

namespace picket::alertd {

class NotificationTexts {
 public:
  explicit NotificationTexts(const Notification& notification);

  /// The text, or "<error expanding template: ...>", escaped as values are.
  std::string text(const Template& tmpl, Escape escape = Escape::None);
  /// For what is no text but a name or an address, where an error would be taken for one: trimmed, or the
  /// error, with the template's place.
  Result<std::string> value(const Template& tmpl);
  /// The same, with "" for what fails.
  std::string value_or_nothing(const Template& tmpl);

  /// What failed so far.
  const std::vector<std::string>& errors() const { return errors_; }

 private:
  Result<std::string> expand(const Template& tmpl, Escape escape);

  const Value dot_;
  const TemplateEnvironment environment_;
  std::vector<std::string> errors_;
};

}  // namespace picket::alertd
