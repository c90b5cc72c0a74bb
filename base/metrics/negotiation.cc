// Which format a client asks for: Accept with q values (RFC 9110 12.5.1).
#include <algorithm>

#include "base/http/accept.h"
#include "base/metrics/exposition.h"

namespace picket {
namespace {

bool names_open_metrics(const MediaRange& range) {
  return range.type == "application/openmetrics-text" && (range.version.empty() || range.version == "1.0.0");
}

/// How closely a range describes text 0.0.4; 0 when it does not.
int text_closeness(const MediaRange& range) {
  if (range.type == "text/plain" && (range.version.empty() || range.version == "0.0.4")) return 3;
  if (range.type == "text/*") return 2;
  return range.type == "*/*" ? 1 : 0;
}

}  // namespace

ExpositionFormat negotiate_format(std::string_view accept) {
  double open_metrics = 0;
  double text = 0;
  int closeness = 0;
  bool text_came_first = false;
  for (const MediaRange& range : media_ranges(accept)) {
    if (names_open_metrics(range)) open_metrics = std::max(open_metrics, range.q);
    const int close = text_closeness(range);
    if (close <= closeness) continue;
    closeness = close;
    text = range.q;
    text_came_first = open_metrics == 0 && close == 3;
  }
  const bool preferred = open_metrics > text || (open_metrics == text && !text_came_first);
  return open_metrics > 0 && preferred ? ExpositionFormat::OpenMetrics1 : ExpositionFormat::Text004;
}

std::string_view content_type(ExpositionFormat format) {
  return format == ExpositionFormat::OpenMetrics1
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

}  // namespace picket
