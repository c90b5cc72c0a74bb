// The words of the page at /: what a person reads first, and how states, times and recipients are said. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "alertd/pages/alert_view.h"
#include "base/web/parts.h"

namespace picket::alertd {

inline constexpr std::size_t kTextMax = 300;  ///< bytes of what a rule or a peer says

/// The answer to "was anybody told?".
std::string headline(const AlertView& view);
/// What the browser's tab says; "": nothing to say.
std::string tab_of(const AlertView& view);

std::string_view word_of(Told told);
web::Tone tone_of(Told told);
web::Tone tone_of(const Delivery& delivery);

std::string name_of(const Labels& labels);       ///< the alertname
std::string other_labels(const Labels& labels);  ///< without alertname and severity, cut
std::string text_of(const Labels& labels);       ///< name="value", cut
std::string summary_of(const Alert& alert);      ///< its annotation summary, or description
/// "email ops@example.org"; "email[1] ..." for the second one of a receiver.
std::string recipient_of(std::string_view integration, std::string_view target);
std::string tries_of(const Delivery& delivery);      ///< "3 tries"
std::string in_time(Timestamp time, Timestamp now);  ///< "in 12 s", "now"
std::string messages(std::size_t number);            ///< "2 messages"

}  // namespace picket::alertd
