// Lines of logs as values, and the signals that count them, for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "exporters/security/signals/signal_clock.h"
#include "exporters/security/signals/signals.h"

namespace picket::security {

/// 2026-11-30 10:00:00 UTC.
inline constexpr std::int64_t kTen = 1796032800;

inline WallTime at(std::int64_t seconds_after_ten) {
  return WallTime(std::chrono::seconds(kTen + seconds_after_ten));
}

/// Two rules, so that a test says all that matches.
inline const Detector& two_rules() {
  static const Detector made = Detector::compile({{AttackClass::SqlInjection, "union", "union select"},
                                                  {AttackClass::Xss, "script", "<script"}})
                                   .value();
  return made;
}

inline LogRecord request(std::string_view client, std::int64_t after, std::string_view target,
                         int status = 200) {
  LogRecord record;
  record.kind = RecordKind::Request;
  record.time = at(after);
  record.client = IpAddress::parse(client).value();
  record.method = "GET";
  record.target = target;
  record.status = status;
  return record;
}

inline LogRecord login(std::string_view client, std::int64_t after, std::string_view account,
                       LoginFailure failure = LoginFailure::BadPassword) {
  LogRecord record;
  record.kind = RecordKind::Login;
  record.time = at(after);
  record.client = IpAddress::parse(client).value();
  record.account = account;
  record.method_of_login = LoginMethod::Password;
  record.failure = failure;
  return record;
}

inline LogRecord audited(std::string_view action, std::string_view outcome) {
  LogRecord record;
  record.kind = RecordKind::Account;
  record.time = at(0);
  record.action = action;
  record.outcome = outcome;
  return record;
}

/// Signals of a source "web" whose lines are 100 bytes each and read as they are written.
class Reading {
 public:
  explicit Reading(SignalsConfig config = {}, std::string source = "web",
                   const Detector& detector = two_rules())
      : signals(std::move(source), std::move(config), detector) {}

  void take(const LogRecord& record) { take(record, record.time.value_or(at(0))); }
  void take(const LogRecord& record, WallTime read_at) {
    signals.take(record, {.device = 1, .inode = 7, .offset = 100 * lines++, .read_at = read_at}, events);
  }
  SignalsSnapshot snapshot(std::int64_t after) const { return signals.snapshot(at(after)); }
  SignalCounters counters() const { return signals.snapshot(at(0)).counters; }
  Count begun(DetectionKind kind) const { return counters().detections.at(static_cast<std::size_t>(kind)); }
  std::size_t active(DetectionKind kind, std::int64_t after) const {
    return snapshot(after).active.at(static_cast<std::size_t>(kind));
  }
  /// How many of the "clients" or "accounts" are followed.
  std::size_t followed(const char* table) const { return signals.to_json().at(table).size(); }
  /// The time that windows run on, after ten.
  std::int64_t clock() const { return signals.to_json().at("clock").at(0).get<std::int64_t>() - kTen; }
  std::vector<std::string> kinds() const {
    std::vector<std::string> kinds;
    kinds.reserve(events.size());
    for (const SecurityEvent& event : events) kinds.push_back(event.kind);
    return kinds;
  }

  Signals signals;
  std::uint64_t lines = 0;
  std::vector<SecurityEvent> events;
};

/// "10.0.0.0" and on.
inline std::string address(std::size_t number) {
  return fmt::format("10.{}.{}.{}", number >> 16 & 0xFF, number >> 8 & 0xFF, number & 0xFF);
}

}  // namespace picket::security
