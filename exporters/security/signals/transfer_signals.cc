#include <algorithm>

#include "exporters/security/signals/line_work.h"

namespace picket::security {
namespace {

std::size_t bucket_of(std::uint64_t bytes) {
  const auto at = std::ranges::lower_bound(kTransferBounds, static_cast<double>(bytes));
  return static_cast<std::size_t>(at - kTransferBounds.begin());
}

struct Transfer {
  Direction direction = Direction::Sent;
  std::uint64_t bytes = 0;
  std::uint64_t in_hour = 0;  ///< of the client, this one included

  std::size_t place() const { return static_cast<std::size_t>(direction); }
};

void flag(LineWork& work, const Transfer& transfer, TransferReason reason) {
  SignalCounters& counters = work.state.counters;
  ++counters.suspicious_transfers.at(transfer.place()).at(static_cast<std::size_t>(reason));
  if (!work.state.transfer_events.take(work.now, work.config.events_per_minute)) {
    ++counters.other_events_left_out;
    return;
  }
  const std::string category = fmt::format("{}_{}", to_string(transfer.direction), to_string(reason));
  add_event(work, {.kind = "transfer",
                   .category = category,
                   .severity = Severity::Medium,
                   .summary = fmt::format("suspicious transfer: {}", category),
                   .details = {{"bytes", transfer.bytes}, {"bytes_in_hour", transfer.in_hour}}});
}

/// Says it of a client, direction and reason once an hour.
void flag_once(LineWork& work, const Transfer& transfer, TransferReason reason) {
  bool& said = work.client->flagged.at(transfer.place()).at(static_cast<std::size_t>(reason));
  if (!said) flag(work, transfer, reason);
  said = true;
}

bool is_flagged(const LineWork& work, const Transfer& transfer, TransferReason reason) {
  return work.client->flagged.at(transfer.place()).at(static_cast<std::size_t>(reason));
}

bool is_odd_hour(const LineWork& work) {
  const WallTime at = wall_time(work.now);
  return std::ranges::any_of(work.config.transfers.odd_hours,
                             [at](const CalendarWindow& window) { return contains(window, at); });
}

void weigh_hour(LineWork& work, const Transfer& transfer) {
  const TransfersConfig& config = work.config.transfers;
  if (transfer.in_hour > config.hourly_max.count) flag_once(work, transfer, TransferReason::Rate);
  const bool may_be_odd = !config.odd_hours.empty() && transfer.in_hour >= config.odd_hours_min.count &&
                          !is_flagged(work, transfer, TransferReason::Hour);
  if (may_be_odd && is_odd_hour(work)) flag_once(work, transfer, TransferReason::Hour);
  if (transfer.in_hour < config.hourly_min.count || is_flagged(work, transfer, TransferReason::Baseline))
    return;
  const auto limit = work.state.baseline.limit(work.now / kHour, transfer.direction, config.deviations,
                                               config.learning_days);
  if (limit && static_cast<double>(transfer.in_hour) > *limit)
    flag_once(work, transfer, TransferReason::Baseline);
}

void count_transfer(LineWork& work, Transfer transfer) {
  SignalCounters& counters = work.state.counters;
  ++counters.transfers.at(transfer.place());
  ++counters.transfer_sizes.at(transfer.place()).at(bucket_of(transfer.bytes));
  counters.transfer_bytes.at(transfer.place()) += transfer.bytes;
  if (work.client != nullptr) {
    std::uint64_t& sum = work.client->hour_bytes.at(transfer.place());
    sum += transfer.bytes;
    transfer.in_hour = sum;
    work.state.top.add(TopKind::Bytes, work.client->client, transfer.bytes, work.now);
    weigh_hour(work, transfer);
  }
  if (transfer.bytes > work.config.transfers.transfer_max.count) flag(work, transfer, TransferReason::Size);
}

std::vector<std::uint64_t> sums_of(const SignalsState& state, std::int64_t hour, Direction direction) {
  std::vector<std::uint64_t> sums;
  state.clients.for_each([&](const ClientActivity& client) {
    const std::uint64_t sum = client.hour_bytes.at(static_cast<std::size_t>(direction));
    if (client.hour == hour && sum > 0) sums.push_back(sum);
  });
  return sums;
}

}  // namespace

void count_transfers(LineWork& work) {
  const LogRecord& record = work.record;
  if (record.has_bytes_sent) count_transfer(work, {.direction = Direction::Sent, .bytes = record.bytes_sent});
  if (record.has_bytes_received)
    count_transfer(work, {.direction = Direction::Received, .bytes = record.bytes_received});
}

void learn_transfers(SignalsState& state, Seconds now) {
  const std::int64_t hour = now / kHour;
  if (hour == state.learned_hour) return;
  if (hour > state.learned_hour) {
    for (const Direction direction : kDirections)
      state.baseline.learn(state.learned_hour, direction, sums_of(state, state.learned_hour, direction));
  }
  state.learned_hour = hour;
  state.clients.drop_those_over(now);
  state.accounts.drop_those_over(now);
}

}  // namespace picket::security
