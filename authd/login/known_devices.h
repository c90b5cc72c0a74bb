// Who is at an account that he logged in to before. Browsers that were remembered after a second factor need
// not show it again: the browser has the token "pdv_...", the store its hash. They and every device with a
// mark (DeviceMarks) are known for the lockout: a stranger's failures do not lock them out. Safe from any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "authd/accounts/factor_store.h"
#include "authd/accounts/ids.h"
#include "authd/login/attempt_counts.h"
#include "authd/login/device_marks.h"
#include "authd/sessions/client.h"

namespace picket::authd {

struct DeviceParts {
  DeviceStore& store;
  Ids& ids;
  Random& random;
  const Clock& clock;
};

/// Somebody at an account: as the lockout counts them, and the remembered device that may stand for a factor.
struct Approach {
  Claimant claimant{};
  std::optional<Device> device{};
};

class KnownDevices {
 public:
  /// `mark_key` is the same on every replica.
  KnownDevices(DeviceParts parts, Secret mark_key)
      : parts_(parts), marks_(std::move(mark_key), parts.random, parts.clock) {}

  Result<Approach> approach(const std::string& account, const Client& client);
  /// Known for the lockout of some account: an automatic block does not stop it.
  bool is_known_somewhere(const Client& client) const {
    return !client.session_id.empty() || !client.device_id.empty() || marks_.has_any(client.device_marks);
  }
  /// The mark that a whole login leaves behind.
  Secret mark(const std::string& account, const Client& client, const std::optional<Device>& device) const;

  /// The id of the device that has this token, for Client::device_id; "" when it is none that lives.
  Result<std::string> id_of(std::string_view token);
  /// The device, when it lives and is this user's.
  Result<std::optional<Device>> find(const std::string& user_id, const std::string& device_id);
  Result<Secret> remember(const std::string& user_id, const Client& client, Duration lifetime);
  Result<void> touch(const Device& device, const Client& client);
  /// All of the user's: after a change of his factors or a reset.
  Result<void> forget(const std::string& user_id);

 private:
  bool is_live(const Device& device) const;

  const DeviceParts parts_;
  const DeviceMarks marks_;
};

}  // namespace picket::authd
