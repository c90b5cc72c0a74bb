#include "authd/login/known_devices.h"

#include <algorithm>

#include "authd/tokens/opaque_token.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::string_view kDevicePrefix = "pdv_";
constexpr std::size_t kNameMax = 128;

}  // namespace

bool KnownDevices::is_live(const Device& device) const {
  return device.revoked_at == WallTime{} && parts_.clock.wall() < device.expires_at;
}

Result<std::string> KnownDevices::id_of(std::string_view token) {
  if (!is_opaque_token(token, kDevicePrefix)) return std::string();
  const auto found = parts_.store.find_by_token(opaque_token_hash(token));
  if (!found) return fail(found);
  return *found && is_live(**found) ? (*found)->id : std::string();
}

Result<std::optional<Device>> KnownDevices::find(const std::string& user_id, const std::string& device_id) {
  if (device_id.empty()) return std::nullopt;
  const auto devices = parts_.store.list_live(user_id, parts_.clock.wall());
  if (!devices) return fail(devices);
  const auto found = std::ranges::find(*devices, device_id, &Device::id);
  if (found == devices->end()) return std::nullopt;
  return *found;
}

Result<Approach> KnownDevices::approach(const std::string& account, const Client& client) {
  auto device = find(account, client.device_id);
  if (!device) return fail(device);
  Approach approach{
      .claimant = {.account = account, .address = client.address, .is_shared = client.is_shared},
      .device = std::move(*device)};
  std::string& known = approach.claimant.known_device;
  known = approach.device ? approach.device->id : marks_.device_of(account, client.device_marks);
  approach.claimant.has_session = !client.session_id.empty() && client.session_of == account;
  return approach;
}

Secret KnownDevices::mark(const std::string& account, const Client& client,
                          const std::optional<Device>& device) const {
  return Secret(marks_.renew(account, client.device_marks, device ? device->id : ""));
}

Result<Secret> KnownDevices::remember(const std::string& user_id, const Client& client, Duration lifetime) {
  Secret token = make_opaque_token(parts_.random, kDevicePrefix);
  const WallTime now = parts_.clock.wall();
  const auto added = parts_.store.add({.id = parts_.ids.next(),
                                       .user_id = user_id,
                                       .token_hash = opaque_token_hash(token.reveal()),
                                       .name = truncate(repair_utf8(client.user_agent), kNameMax),
                                       .ip = client.address.text(),
                                       .created_at = now,
                                       .last_seen_at = now,
                                       .expires_at = now + lifetime});
  if (!added) return fail(added);
  return token;
}

Result<void> KnownDevices::touch(const Device& device, const Client& client) {
  return parts_.store.touch(device.id, client.address.text(), parts_.clock.wall());
}

Result<void> KnownDevices::forget(const std::string& user_id) {
  const auto revoked = parts_.store.revoke_all(user_id, parts_.clock.wall());
  if (!revoked) return fail(revoked);
  return {};
}

}  // namespace picket::authd
