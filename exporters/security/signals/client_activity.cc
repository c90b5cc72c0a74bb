#include "exporters/security/signals/client_activity.h"

#include <algorithm>
#include <bit>

namespace picket::security {
namespace {

constexpr std::int64_t kSecondsPerDoubling = 120;  ///< how much longer twice the activity stays

std::int64_t rank_of(Seconds last_seen, std::uint64_t weight, const Detected& detected) {
  const auto doublings = static_cast<std::int64_t>(std::bit_width(weight));
  return std::max(last_seen, detected.newest() + kHour) + kSecondsPerDoubling * doublings;
}

/// Whether a window that began at `start` has ended.
bool has_ended(Seconds start, Seconds now, Seconds window) {
  return start == 0 || now - start >= window;
}

/// Of an activity, const or not: what is kept of it.
template <class Activity>
auto client_fields(Activity& a) {
  return std::tie(a.client.network, a.client.is_claimed, a.last_seen, a.window_start, a.requests, a.not_found,
                  a.failures, a.attacks, a.accepted, a.failed_accounts, a.unknown_accounts, a.targets, a.hour,
                  a.hour_bytes, a.flagged, a.detected.last);
}
template <class Activity>
auto account_fields(Activity& a) {
  return std::tie(a.account, a.last_seen, a.window_start, a.failures, a.clients, a.detected.last);
}
template <class Activity>
auto source_fields(Activity& a) {
  return std::tie(a.window_start, a.logins, a.failures, a.clients, a.accounts, a.detected.last);
}

}  // namespace

void ClientActivity::move_to(Seconds now, Seconds window) {
  last_seen = now;
  if (now / kHour != hour) {
    hour = now / kHour;
    hour_bytes = {};
    flagged = {};
  }
  if (!has_ended(window_start, now, window)) return;
  window_start = now;
  requests = not_found = failures = attacks = accepted = 0;
  failed_accounts.clear();
  unknown_accounts.clear();
  targets.clear();
}

std::int64_t ClientActivity::rank() const {
  const std::uint64_t bytes = hour_bytes[0] / 2 + hour_bytes[1] / 2;
  return rank_of(last_seen, requests + 16ULL * (std::uint64_t{failures} + attacks) + (bytes >> 19), detected);
}

nlohmann::json ClientActivity::to_json() const {
  return fields_json(client_fields(*this));
}

bool ClientActivity::restore(const nlohmann::json& json) {
  return read_fields(json, client_fields(*this));
}

void AccountActivity::move_to(Seconds now, Seconds window) {
  last_seen = now;
  if (!has_ended(window_start, now, window)) return;
  window_start = now;
  failures = 0;
  clients.clear();
}

std::int64_t AccountActivity::rank() const {
  return rank_of(last_seen, failures, detected);
}

nlohmann::json AccountActivity::to_json() const {
  return fields_json(account_fields(*this));
}

bool AccountActivity::restore(const nlohmann::json& json) {
  return read_fields(json, account_fields(*this)) && account.size() <= kAccountMax;
}

void SourceActivity::move_to(Seconds now, Seconds window) {
  if (!has_ended(window_start, now, window)) return;
  window_start = now;
  logins = failures = 0;
  clients.clear();
  accounts.clear();
}

nlohmann::json SourceActivity::to_json() const {
  return fields_json(source_fields(*this));
}

bool SourceActivity::restore(const nlohmann::json& json) {
  return read_fields(json, source_fields(*this));
}

}  // namespace picket::security
