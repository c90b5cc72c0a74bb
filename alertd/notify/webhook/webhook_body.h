// Alertmanager's webhook JSON, version 4, written and read back. Pure.
#pragma once

#include <string>
#include <string_view>

#include "alertd/notify/notification.h"

namespace picket::alertd {

/// With at most `max_alerts` alerts (0: all) and the number of those left out.
std::string webhook_body(const Notification& notification, std::size_t max_alerts);
/// The notification of the alerts that stand in a body; its `now` is not in there. Corrupt when it is not
/// such a body.
Result<Notification> read_webhook_body(std::string_view body);
/// The notification as read_webhook_body() gives it: without the alerts that the body leaves out.
Notification without_surplus(Notification notification, std::size_t max_alerts);

}  // namespace picket::alertd
