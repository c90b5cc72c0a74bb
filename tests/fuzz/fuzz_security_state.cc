// A state of the signals that was on a disk: any bytes are refused and change nothing, or make signals that
// go on counting and whose own state reads the same again.
#include <cstdint>
#include <string_view>

#include "exporters/security/signals/signals.h"

namespace picket::security {
namespace {

Signals make_signals() {
  static const Detector detector =
      Detector::compile({{AttackClass::SqlInjection, "union", "union select"}}).value();
  SignalsConfig config;
  config.clients_max = config.accounts_max = 100;
  config.brute_force.failures = 3;
  return {"fuzz", config, detector};
}

/// A few lines of every kind, at times before, in and after what the state may hold.
void count_lines(Signals& signals) {
  std::vector<SecurityEvent> events;
  LogRecord record;
  record.client = IpAddress::v4({192, 0, 2, 1});
  record.account = record.target = "/?q=union select";
  record.failure = LoginFailure::UnknownAccount;
  record.action = "users.role";
  record.has_bytes_sent = true;
  record.bytes_sent = UINT64_MAX / 2;
  LineOrigin origin{.read_at = WallTime(std::chrono::hours(500'000))};
  for (const int hours : {0, 1, 400'000, 400'001, 499'999, 500'000}) {
    record.time = WallTime(std::chrono::hours(hours));
    for (int kind = 0; kind <= static_cast<int>(RecordKind::Other); ++kind) {
      record.kind = static_cast<RecordKind>(kind);
      origin.offset += 100;
      signals.take(record, origin, events);
    }
  }
}

void check_reads_again(const Signals& signals) {
  const auto text = parse_json(to_json(signals.to_json()));
  check(text.has_value(), "a state that is not JSON");
  Signals again = make_signals();
  check(again.restore(*text).has_value(), "a state that does not read");
  check(again.to_json() == signals.to_json(), "a state that reads otherwise");
}

void restore(std::string_view text) {
  const auto json = parse_json(text, {.bytes = 1 << 20, .depth = 16, .values = 100'000});
  if (!json) return;
  Signals signals = make_signals();
  const nlohmann::json before = signals.to_json();
  const bool is_restored = signals.restore(*json).has_value();
  check(is_restored || signals.to_json() == before, "a refused state that changed something");
  count_lines(signals);
  const WallTime now(std::chrono::hours(500'000));
  static_cast<void>(signals.snapshot(now));
  static_cast<void>(signals.suspects(now));
  check_reads_again(signals);
}

}  // namespace
}  // namespace picket::security

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  picket::security::restore({reinterpret_cast<const char*>(data), size});
  return 0;
}
