// Events as the signals make them.
#pragma once

#include <fmt/format.h>

#include <string>

#include "exporters/security/events/security_event.h"
#include "tests/support/manual_scheduler.h"

namespace picket::security::test {

inline const std::string kNasty = "\"><script>alert(1)</script><b x='";

/// Number n: happened n seconds after the clock's start.
inline SecurityEvent event(int n, const std::string& client = "203.0.113.77") {
  SecurityEvent event;
  event.id = fmt::format("web-{:04}", n);
  event.time = picket::test::ManualClock::kStart + std::chrono::seconds(n);
  event.source = "web";
  event.kind = "attack";
  event.category = "sql_injection";
  event.severity = Severity::High;
  event.client = client;
  event.account = "alice";
  event.summary = fmt::format("sql_injection from {} as alice was answered with 200", client);
  event.details = fmt::format(R"({{"rule":"sqli-union","status":200,"target":"/item?id={}"}})", n);
  return event;
}

}  // namespace picket::security::test
