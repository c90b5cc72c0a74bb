#include "alertd/notify/notification_texts.h"

#include "base/text/strings.h"

namespace picket::alertd {

NotificationTexts::NotificationTexts(const Notification& notification)
    : dot_(to_value(notification)),
      environment_({.now = notification.now, .external_url = notification.external_url}) {}

Result<std::string> NotificationTexts::expand(const Template& tmpl, Escape escape) {
  Result<std::string> text = tmpl.expand(dot_, {.environment = environment_, .escape = escape});
  if (!text) errors_.push_back(text.error().message);
  return text;
}

std::string NotificationTexts::text(const Template& tmpl, Escape escape) {
  Result<std::string> text = expand(tmpl, escape);
  if (text) return std::move(*text);
  return escape_value(error_in_place(text.error()), escape);
}

Result<std::string> NotificationTexts::value(const Template& tmpl) {
  const Result<std::string> text = expand(tmpl, Escape::None);
  if (!text) return fail(text);
  return std::string(trim(*text));
}

std::string NotificationTexts::value_or_nothing(const Template& tmpl) {
  Result<std::string> text = value(tmpl);
  return text ? std::move(*text) : "";
}

}  // namespace picket::alertd
