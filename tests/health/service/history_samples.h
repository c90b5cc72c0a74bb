// What the tests of the history write and expect to read.
#pragma once

#include <string>

#include "exporters/health/history/event.h"
#include "exporters/health/history/saved_check.h"
#include "tests/support/manual_scheduler.h"

namespace picket::health::test {

inline Event change(WallTime at, const std::string& check, State to) {
  Event event;
  event.at = at;
  event.check = check;
  event.from = to == State::Down ? State::Operational : State::Down;
  event.to = to;
  event.reason = to == State::Down ? "connect" : "recovered";
  event.message = "it's \"so\" — ünïcode";
  return event;
}

inline SavedCheck saved(const std::string& name) {
  SavedCheck check;
  check.name = name;
  check.state = State::Degraded;
  check.since = picket::test::ManualClock::kStart - std::chrono::hours(2);
  check.seen = picket::test::ManualClock::kStart;
  check.last_probe = picket::test::ManualClock::kStart - std::chrono::seconds(3);
  check.times[index_of(State::Down)] = std::chrono::nanoseconds(1'234'567'890);
  check.entered[index_of(State::Down)] = 3;
  check.counters.probes = 12;
  check.spans = {{5000, 5000, 0}, {1000, 1000, 1000}};
  check.heartbeat =
      Heartbeat::Saved{picket::test::ManualClock::kStart - std::chrono::seconds(7), std::chrono::hours(25)};
  return check;
}

}  // namespace picket::health::test
