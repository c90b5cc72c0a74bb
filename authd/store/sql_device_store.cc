#include "authd/store/sql_device_store.h"

#include "authd/store/columns.h"
#include "authd/store/device_rows.h"

namespace picket::authd {
namespace {

constexpr std::string_view kDeviceColumns =
    "id, user_id, token_hash, name, ip, created_at, last_seen_at, expires_at, revoked_at";

Result<Device> read_device(const sql::Row& row) {
  Device device;
  device.id = row.text(0);
  device.user_id = row.text(1);
  device.token_hash = row.text(2);
  device.name = row.text(3);
  device.ip = row.text(4);
  device.created_at = time_at(row, 5);
  device.last_seen_at = time_at(row, 6);
  device.expires_at = time_at(row, 7);
  device.revoked_at = time_at(row, 8);
  return device;
}

}  // namespace

Result<void> SqlDeviceStore::add(const Device& d) {
  return done(database_.execute(
      fmt::format("INSERT INTO devices ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", kDeviceColumns),
      {d.id, d.user_id, d.token_hash, d.name, d.ip, millis(d.created_at), millis(d.last_seen_at),
       millis(d.expires_at), millis(d.revoked_at)}));
}

Result<std::optional<Device>> SqlDeviceStore::find_by_token(const std::string& token_hash) {
  return first_of<Device>(
      database_.query(fmt::format("SELECT {} FROM devices WHERE token_hash = $1", kDeviceColumns),
                      {token_hash}),
      read_device);
}

Result<std::vector<Device>> SqlDeviceStore::list_live(const std::string& user_id, WallTime now) {
  return each_of<Device>(
      database_.query(
          fmt::format("SELECT {} FROM devices WHERE user_id = $1 AND revoked_at = 0 AND expires_at > $2 "
                      "ORDER BY id DESC",
                      kDeviceColumns),
          {user_id, millis(now)}),
      read_device);
}

Result<void> SqlDeviceStore::touch(const std::string& id, const std::string& ip, WallTime now) {
  return done(database_.execute(
      "UPDATE devices SET ip = $2, last_seen_at = $3 WHERE id = $1 AND revoked_at = 0 AND last_seen_at <= $3",
      {id, ip, millis(now)}));
}

Result<bool> SqlDeviceStore::revoke(const std::string& user_id, const std::string& id, WallTime now) {
  return won(database_.execute(
      "UPDATE devices SET revoked_at = $3 WHERE id = $1 AND user_id = $2 AND revoked_at = 0",
      {id, user_id, millis(now)}));
}

Result<std::int64_t> SqlDeviceStore::revoke_all(const std::string& user_id, WallTime now) {
  return revoke_devices(database_, user_id, now);
}

Result<std::int64_t> SqlDeviceStore::prune(WallTime before) {
  return database_.execute(
      "DELETE FROM devices WHERE expires_at < $1 OR (revoked_at > 0 AND revoked_at < $1)", {millis(before)});
}

}  // namespace picket::authd
