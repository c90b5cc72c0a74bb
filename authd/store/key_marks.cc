#include "authd/store/key_marks.h"

#include <array>

#include "authd/store/columns.h"
#include "base/crypto/digest.h"
#include "base/text/encoding.h"

namespace picket::authd {
namespace {

struct KeyMark {
  std::string name;
  std::string mac;
};

KeyMark mark_of(std::string_view name, const Secret& key) {
  return {std::string(name), hex_encode(hmac_sha256(key.reveal(), fmt::format("mark of {}", name)))};
}

std::array<KeyMark, 2> marks_of(const MacKeys& keys) {
  return {mark_of("api_key_key", keys.api_keys), mark_of("otp_key", keys.otp)};
}

Result<void> check_mark(sql::Session& session, const KeyMark& mark) {
  const auto put = session.execute(
      "INSERT INTO key_marks (key_name, mac) VALUES ($1, $2) ON CONFLICT (key_name) DO NOTHING",
      {mark.name, mark.mac});
  if (!put) return fail(put);
  const auto rows = session.query("SELECT mac FROM key_marks WHERE key_name = $1", {mark.name});
  if (!rows) return fail(rows);
  if (!rows->empty() && (*rows)[0].text(0) == mark.mac) return {};
  return fail(
      ErrorKind::Corrupt,
      fmt::format("the {} at hand is not the one that this database was used with: copy the secrets of the "
                  "replica, or of the backup, that used it. If the key was changed on purpose, run `authctl "
                  "crypto accept-keys`",
                  mark.name));
}

}  // namespace

Result<void> check_key_marks(sql::Database& database, const MacKeys& keys) {
  for (const KeyMark& mark : marks_of(keys)) {
    if (auto checked = check_mark(database, mark); !checked) return checked;
  }
  return {};
}

Result<void> replace_key_marks(sql::Database& database, const MacKeys& keys) {
  return database.transaction([&](sql::Session& session) -> Result<void> {
    for (const KeyMark& mark : marks_of(keys)) {
      const auto put = session.execute(
          "INSERT INTO key_marks (key_name, mac) VALUES ($1, $2) ON CONFLICT (key_name) DO UPDATE SET mac = "
          "excluded.mac",
          {mark.name, mark.mac});
      if (!put) return fail(put);
    }
    return {};
  });
}

}  // namespace picket::authd
