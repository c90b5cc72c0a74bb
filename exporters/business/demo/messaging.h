// Emails to customers and webhooks to other programs of the demo company.
#pragma once

#include "exporters/business/demo/stage.h"

namespace picket::business {

void message(Stage& stage, Period slice);

/// What waited before goes out now.
void send_waiting_email(Stage& stage, std::int64_t id);
/// The endpoint of that name, for good; the first one for a name that there is not.
std::string_view endpoint_named(std::string_view name);
void send_waiting_webhook(Stage& stage, std::int64_t id, std::string_view endpoint);

}  // namespace picket::business
