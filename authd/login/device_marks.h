// The flag that every whole login leaves in a browser or a program: this device logged in to that account
// before, so that failures of strangers do not lock it out. It proves nothing else, and stands in for neither
// password nor factor. The text "pkm_..." holds a mark for each of the last few accounts, each with a MAC, so
// that nothing is stored and rubbish costs no look-up. Immutable; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/config/secret.h"
#include "base/crypto/random.h"
#include "base/time/clock.h"

namespace picket::authd {

inline constexpr std::string_view kDeviceMarkPrefix = "pkm_";
inline constexpr Duration kDeviceMarkLifetime = std::chrono::hours(24 * 90);

class DeviceMarks {
 public:
  static constexpr std::size_t kAccountsMax = 5;

  /// `key` is the same on every replica.
  DeviceMarks(Secret key, Random& random, const Clock& clock)
      : key_(std::move(key)), random_(random), clock_(clock) {}

  /// The id of the device that has a live mark for the account; "" without one.
  std::string device_of(std::string_view account, std::string_view marks) const;
  /// Some account's mark is there and lives.
  bool has_any(std::string_view marks) const;
  /// `marks` with a fresh one for the account in front. `device`: the id that the device has for the account
  /// already; "": the one of its old mark, or a new one.
  std::string renew(std::string_view account, std::string_view marks, const std::string& device = "") const;

 private:
  struct Mark {
    std::string_view text;  ///< as it came
    std::string_view device, account_tag;
  };
  std::vector<Mark> live_marks(std::string_view marks) const;
  std::string tag_of(std::string_view account) const;
  std::string mac_of(std::string_view signed_part) const;

  const Secret key_;
  Random& random_;
  const Clock& clock_;
};

}  // namespace picket::authd
