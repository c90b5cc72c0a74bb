#include "authd/store/sql_challenge_store.h"

#include "authd/store/columns.h"

namespace picket::authd {
namespace {

constexpr std::string_view kChallengeColumns =
    "id_hash, purpose, user_id, methods, channel, code_hash, tries, created_at, expires_at, used_at, "
    "client_prefix, code_at";

Result<Challenge> read_challenge(const sql::Row& row) {
  Challenge challenge;
  challenge.id_hash = row.text(0);
  challenge.purpose = row.text(1);
  challenge.user_id = row.text(2);
  challenge.methods = words_at(row, 3);
  challenge.channel = row.text(4);
  challenge.code_hash = row.text(5);
  challenge.tries = static_cast<int>(row.integer(6));
  challenge.created_at = time_at(row, 7);
  challenge.expires_at = time_at(row, 8);
  challenge.used_at = time_at(row, 9);
  challenge.client_prefix = row.text(10);
  challenge.code_at = time_at(row, 11);
  return challenge;
}

}  // namespace

Result<void> SqlChallengeStore::create(const Challenge& c) {
  return done(database_.execute(
      fmt::format("INSERT INTO challenges ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                  kChallengeColumns),
      {c.id_hash, c.purpose, c.user_id, words(c.methods), c.channel, c.code_hash, number(c.tries),
       millis(c.created_at), millis(c.expires_at), millis(c.used_at), c.client_prefix, millis(c.code_at)}));
}

Result<std::optional<Challenge>> SqlChallengeStore::find(const std::string& id_hash) {
  return first_of<Challenge>(
      database_.query(fmt::format("SELECT {} FROM challenges WHERE id_hash = $1", kChallengeColumns),
                      {id_hash}),
      read_challenge);
}

Result<bool> SqlChallengeStore::set_code(const std::string& id_hash, const std::string& channel,
                                         const std::string& code_hash, WallTime now) {
  return won(database_.execute(
      "UPDATE challenges SET channel = $2, code_hash = $3, code_at = $4 WHERE id_hash = $1 AND used_at = 0 "
      "AND expires_at > $4",
      {id_hash, channel, code_hash, millis(now)}));
}

Result<bool> SqlChallengeStore::count_try(const std::string& id_hash, int max, WallTime now) {
  return won(
      database_.execute("UPDATE challenges SET tries = tries + 1 WHERE id_hash = $1 AND used_at = 0 AND "
                        "expires_at > $2 AND tries < $3",
                        {id_hash, millis(now), number(max)}));
}

Result<bool> SqlChallengeStore::use(const std::string& id_hash, WallTime now) {
  return won(database_.execute(
      "UPDATE challenges SET used_at = $2 WHERE id_hash = $1 AND used_at = 0 AND expires_at > $2",
      {id_hash, millis(now)}));
}

Result<std::int64_t> SqlChallengeStore::prune(WallTime before) {
  return database_.execute("DELETE FROM challenges WHERE expires_at < $1", {millis(before)});
}

}  // namespace picket::authd
