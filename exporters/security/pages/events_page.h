// The page /events: the events that a form asks for, newest first, a page at a time. Pure.
#pragma once

#include <string>

#include "base/http/message.h"
#include "base/web/layout.h"
#include "exporters/security/events/event_filter.h"

namespace picket::security {

struct EventsView {
  WallTime now{};
  bool is_masked = true;  ///< as in OverviewView
  EventPage page{};
  std::string trouble{};  ///< why there is no page: a filter that cannot be, or a store that does not answer
};

/// `target` is what was asked for: the form shows it again.
web::Page events_page(const EventsView& view, const Target& target);

}  // namespace picket::security
