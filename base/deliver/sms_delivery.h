// What the SMS senders have in common. Used inside base/deliver.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/deliver/http_delivery.h"
#include "base/deliver/sms.h"

namespace picket {

/// A Permanent result when `message` cannot be sent by anybody: a bad number, no text.
std::optional<DeliveryResult> refuse_sms(const SmsMessage& message);

/// POST of a form without the login that `http` may have; redirects are not followed (they would lose the
/// body or hand it to somebody else).
OutboundRequest form_post(std::string url, std::string form, const HttpConfig& http, Duration timeout);

/// A string or number of a JSON object as text, or "".
std::string json_text(std::string_view json, std::string_view key);

}  // namespace picket
