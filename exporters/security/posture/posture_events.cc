#include "exporters/security/posture/posture_events.h"

#include "base/crypto/digest.h"
#include "base/text/encoding.h"
#include "base/text/escape.h"
#include "base/time/timestamp.h"

namespace picket::security {

namespace {

constexpr std::size_t kIdBytes = 16;

std::string event_id(std::string_view target, const CheckResult& result, std::string_view change,
                     std::string_view when) {
  const std::string text = fmt::format("posture\n{}\n{}\n{}\n{}", target, result.check->id, change, when);
  return hex_encode(sha256(text).substr(0, kIdBytes));
}

SecurityEvent event_of(std::string_view target, const CheckResult& result, WallTime time) {
  SecurityEvent event;
  event.time = time;
  event.source = std::string(target);
  event.kind = "posture";
  event.category = std::string(result.check->id);
  return event;
}

SecurityEvent found(std::string_view target, const CheckResult& result, WallTime time) {
  SecurityEvent event = event_of(target, result, time);
  event.id = event_id(target, result, "found", format_rfc3339(time));
  event.severity = result.severity;
  event.summary = fmt::format("{}: {}", result.check->id, result.seen);
  event.details =
      fmt::format(R"({{"check":{},"state":"found","seen":{},"advice":{}}})", json_quote(result.check->id),
                  json_quote(result.seen), json_quote(result.check->advice));
  return event;
}

/// Why a finding is open no longer.
std::string end_of(const CheckResult& result) {
  if (result.outcome == Outcome::Pass) return "mended";
  return result.is_expected ? result.seen : "no longer applies, " + result.seen;
}

SecurityEvent gone(std::string_view target, const CheckResult& result, WallTime time, WallTime since) {
  SecurityEvent event = event_of(target, result, time);
  event.id = event_id(target, result, "gone", format_rfc3339(time));
  event.severity = Severity::Info;
  event.summary = fmt::format("{}: {}", result.check->id, end_of(result));
  event.details = fmt::format(R"({{"check":{},"state":"gone","found_at":{}}})", json_quote(result.check->id),
                              json_quote(format_rfc3339(since)));
  return event;
}

}  // namespace

std::vector<SecurityEvent> finding_events(std::string_view target, const ScanResult& result, bool first,
                                          OpenFindings& open) {
  std::vector<SecurityEvent> events;
  for (const CheckResult& check : result.checks) {
    if (check.outcome == Outcome::NotKnown) continue;
    if (check.outcome == Outcome::Fail) {
      const auto [opened, is_new] = open.emplace(check.check->id, result.finished);
      if (is_new || first) events.push_back(found(target, check, opened->second));
    } else if (const auto known = open.find(check.check->id); known != open.end()) {
      events.push_back(gone(target, check, result.finished, known->second));
      open.erase(known);
    }
  }
  return events;
}

}  // namespace picket::security
