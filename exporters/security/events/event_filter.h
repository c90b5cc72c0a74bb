// Which events somebody wants to read, and a page of them. Values only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/net/ip_address.h"
#include "exporters/security/events/security_event.h"

namespace picket::security {

/// Where a page ends; the next one has what is older.
struct EventCursor {
  std::int64_t time_ms = 0;
  std::int64_t number = 0;  ///< the order of arrival
  auto operator<=>(const EventCursor&) const = default;
};

/// Empty fields do not filter.
struct EventFilter {
  std::optional<WallTime> from{};  ///< at or after
  std::optional<WallTime> to{};    ///< before
  std::string source{}, kind{}, category{};
  std::optional<Severity> severity{};  ///< at least
  std::optional<Cidr> client{};
  std::string account{};     ///< the whole of it
  std::string text{};        ///< a part of the summary, client, account or details, whatever its case
  bool text_masked = false;  ///< looks for `text` only in the masked summary, source, kind and category
  std::optional<EventCursor> before{};
  std::size_t limit = 100;
};

struct EventPage {
  std::vector<SecurityEvent> events{};  ///< newest first
  std::optional<EventCursor> next{};    ///< when there are older ones
};

}  // namespace picket::security
