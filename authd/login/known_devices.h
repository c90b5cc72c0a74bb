// Browsers that were remembered after a second factor: they need not show it again, and a stranger's failures
// do not lock them out. The browser has the token "pdv_...", the store its hash. Safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "authd/accounts/factor_store.h"
#include "authd/accounts/ids.h"
#include "authd/sessions/client.h"

namespace picket::authd {

struct DeviceParts {
  DeviceStore& store;
  Ids& ids;
  Random& random;
  const Clock& clock;
};

class KnownDevices {
 public:
  explicit KnownDevices(DeviceParts parts) : parts_(parts) {}

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
};

}  // namespace picket::authd
