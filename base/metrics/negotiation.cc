// Which format a client asks for: Accept with q values (RFC 9110 12.5.1).
#include <optional>

#include "base/metrics/exposition.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket {
namespace {

struct MediaRange {
  std::string type;
  std::string version;
  double q = 1;
};

std::string_view unquoted(std::string_view text) {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"' ? text.substr(1, text.size() - 2)
                                                                       : text;
}

/// A q that is no number between 0 and 1 makes the range worth nothing.
double parse_q(std::string_view text) {
  const Result<double> q = parse_double(text);
  return q && *q >= 0 && *q <= 1 ? *q : 0;
}

MediaRange parse_range(std::string_view text) {
  MediaRange range;
  bool first = true;
  for (const std::string_view part : split(text, ';')) {
    if (first) {
      range.type = to_lower(trim(part));
      first = false;
      continue;
    }
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string name = to_lower(trim(part.substr(0, equals)));
    const std::string_view value = unquoted(trim(part.substr(equals + 1)));
    if (name == "q") range.q = parse_q(value);
    if (name == "version") range.version = value;
  }
  return range;
}

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
  for (const std::string_view part : split(accept, ',')) {
    const MediaRange range = parse_range(part);
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
