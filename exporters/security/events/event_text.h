// Texts that strangers wrote, made fit to be stored and shown: of limited length, valid UTF-8 in one line, and
// without what would turn the text around it (controls, bidirectional marks). Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "exporters/security/events/security_event.h"

namespace picket::security {

/// At most `max` bytes, with "..." where something was cut. Line ends and tabs become blanks; what is not
/// text, U+FFFD. The time that it takes grows with `max`, not with the text.
std::string readable_text(std::string_view text, std::size_t max);

/// Cuts what is longer than an event's fields may be, so that waiting events have a size. Takes next to no
/// time. Details that are too long to be kept whole are left out, with a word about it.
void shorten(SecurityEvent& event);

/// The event with every field readable and `details` a JSON object, whatever bytes they had.
SecurityEvent readable(const SecurityEvent& event);

}  // namespace picket::security
