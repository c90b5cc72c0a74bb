#include "authd/login/device_marks.h"

#include "base/crypto/digest.h"
#include "base/text/encoding.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::size_t kTextMax = 1024;
constexpr std::size_t kDeviceBytes = 12;
constexpr std::size_t kTagBytes = 9;
constexpr std::size_t kMacBytes = 24;
constexpr std::size_t kFields = 4;  // device, end, account, MAC

std::int64_t hours_of(Duration duration) {
  return std::chrono::duration_cast<std::chrono::hours>(duration).count();
}

}  // namespace

std::string DeviceMarks::tag_of(std::string_view account) const {
  const std::string mac = hmac_sha256(key_.reveal(), fmt::format("account {}", account));
  return base64url_encode(mac.substr(0, kTagBytes));
}

std::string DeviceMarks::mac_of(std::string_view signed_part) const {
  const std::string mac = hmac_sha256(key_.reveal(), fmt::format("mark {}", signed_part));
  return base64url_encode(mac.substr(0, kMacBytes));
}

std::vector<DeviceMarks::Mark> DeviceMarks::live_marks(std::string_view marks) const {
  std::vector<Mark> live;
  if (!marks.starts_with(kDeviceMarkPrefix) || marks.size() > kTextMax) return live;
  const std::int64_t now = hours_of(clock_.wall().time_since_epoch());
  for (const std::string_view text : split(marks.substr(kDeviceMarkPrefix.size()), '.')) {
    const auto fields = split(text, '~');
    if (fields.size() != kFields || live.size() == kAccountsMax) continue;
    const std::string_view signed_part = text.substr(0, text.size() - fields[3].size() - 1);
    const auto end = parse_int(fields[1]);
    if (!end || *end <= now || !equal_constant_time(fields[3], mac_of(signed_part))) continue;
    live.push_back({.text = text, .device = fields[0], .account_tag = fields[2]});
  }
  return live;
}

std::string DeviceMarks::device_of(std::string_view account, std::string_view marks) const {
  const std::string tag = tag_of(account);
  for (const Mark& mark : live_marks(marks)) {
    if (mark.account_tag == tag) return std::string(mark.device);
  }
  return "";
}

bool DeviceMarks::has_any(std::string_view marks) const {
  return !live_marks(marks).empty();
}

std::string DeviceMarks::renew(std::string_view account, std::string_view marks,
                               const std::string& device) const {
  const std::string tag = tag_of(account);
  std::string id = device.empty() ? device_of(account, marks) : device;
  if (id.empty()) id = base64url_encode(random_.bytes(kDeviceBytes));
  const std::int64_t end = hours_of(clock_.wall().time_since_epoch() + kDeviceMarkLifetime);
  const std::string signed_part = fmt::format("{}~{}~{}", id, end, tag);
  std::string renewed = fmt::format("{}{}~{}", kDeviceMarkPrefix, signed_part, mac_of(signed_part));
  std::size_t kept = 1;
  for (const Mark& mark : live_marks(marks)) {
    if (mark.account_tag == tag || kept == kAccountsMax) continue;
    renewed.append(1, '.').append(mark.text);
    ++kept;
  }
  return renewed;
}

}  // namespace picket::authd
