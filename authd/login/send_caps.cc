#include "authd/login/send_caps.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/crypto/digest.h"
#include "base/text/encoding.h"

namespace picket::authd {
namespace {

constexpr Duration kHour = std::chrono::hours(1);
constexpr Duration kDay = std::chrono::hours(24);

bool is_allowed(const Recipient& recipient, const std::vector<std::string>& prefixes) {
  const auto begins = [&](const std::string& prefix) { return recipient.target.starts_with(prefix); };
  return recipient.channel != OtpChannel::Sms || prefixes.empty() || std::ranges::any_of(prefixes, begins);
}

/// Of the keys in the store.
std::string_view prefix_of(SendPurpose purpose) {
  switch (purpose) {
    case SendPurpose::Code:
      return "sent";
    case SendPurpose::Link:
      return "links";
    case SendPurpose::Notice:
      return "notices";
  }
  return "sent";
}

}  // namespace

Result<bool> SendCaps::take(const Recipient& recipient) {
  const auto rules = settings_.current();
  const SendCapsConfig& caps = rules->config.caps;
  if (!is_allowed(recipient, caps.sms_prefixes)) return false;
  const std::string target = hex_encode(
      hmac_sha256(key_.reveal(), fmt::format("{} {}", to_string(recipient.channel), recipient.target)));
  const std::string_view prefix = prefix_of(recipient.purpose);
  const bool is_notice = recipient.purpose == SendPurpose::Notice;
  auto turn = take_turn(fmt::format("{}|{}", prefix, target), is_notice ? kDay : caps.pause);
  if (!turn || !*turn) return turn;
  const std::array rows{
      Cap{fmt::format("{}|{}|hour", prefix, target), caps.per_target_hour, kHour},
      Cap{fmt::format("{}|account:{}|day", prefix, recipient.account_id), caps.per_account_day, kDay},
      Cap{fmt::format("{}|all|day", prefix), caps.per_day, kDay}};
  const std::string of_nobody = fmt::format("{}|account:|", prefix);
  for (const Cap& cap : rows) {
    if (cap.key.starts_with(of_nobody)) continue;
    auto taken = take_of(cap);
    if (!taken || !*taken) return taken;
  }
  return true;
}

/// The first in a while has count 1, and nobody else has. One that comes too early moves nothing.
Result<bool> SendCaps::take_turn(const std::string& key, Duration pause) {
  const WallTime now = clock_.wall();
  const auto before = store_.find(key);
  if (!before) return fail(before);
  if (*before && now - (*before)->last_at < pause) return false;
  // "Before" is exclusive: one that is just as old as the pause is forgotten too.
  const auto counted = store_.add(key, now, now - pause + std::chrono::milliseconds(1));
  if (!counted) return fail(counted);
  return counted->count == 1;
}

Result<bool> SendCaps::take_of(const Cap& cap) {
  const Duration since = clock_.wall().time_since_epoch();
  const std::int64_t number = since / cap.window;
  const double left = 1 - seconds(since % cap.window) / seconds(cap.window);
  const auto before = store_.find(fmt::format("{}|{}", cap.key, number - 1));
  if (!before) return fail(before);
  const double earlier = *before ? std::ceil(static_cast<double>((*before)->count) * left) : 0;
  const std::string key = fmt::format("{}|{}", cap.key, number);
  const auto counted = store_.add(key, clock_.wall(), WallTime{});
  if (!counted) return fail(counted);
  if (static_cast<double>(counted->count) + earlier <= cap.limit) return true;
  const auto returned = store_.take_back(key);
  if (!returned) return fail(returned);
  return false;
}

}  // namespace picket::authd
