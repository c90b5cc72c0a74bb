#include "authd/store/ended_rows.h"

#include "authd/store/columns.h"
#include "authd/store/in_transaction.h"

namespace picket::authd {
namespace {

// A number of the feed can be taken long before it is seen. Longer than any transaction here can last.
constexpr auto kUnseenMax = std::chrono::seconds(60);
constexpr std::int64_t kEndedPage = 1000;

struct FeedRow {
  EndedGrant ended;
  WallTime at{};
};

Result<std::vector<FeedRow>> read_page(sql::Session& session, std::int64_t after) {
  return each_of<FeedRow>(
      session.query("SELECT seq, user_id, epoch, grant_id, ended_at FROM ended_grants "
                    "WHERE seq > $1 ORDER BY seq LIMIT $2",
                    {after, kEndedPage}),
      [](const sql::Row& row) -> Result<FeedRow> {
        return FeedRow{{row.integer(0), row.text(1), row.integer(2), row.text(3)}, time_at(row, 4)};
      });
}

Result<std::int64_t> revoke_in(sql::Session& session, const RevokedRows& rows, const sql::Params& params) {
  const auto ids = session.query(fmt::format("UPDATE {} SET {} WHERE revoked_at = 0 AND {} RETURNING id",
                                             rows.table, rows.ending, rows.where),
                                 params);
  if (!ids) return fail(ids);
  for (std::size_t i = 0; i < ids->size(); ++i) {
    const auto noted = note_ended_grant(session, (*ids)[i].text(0), params.front());
    if (!noted) return fail(noted);
  }
  return static_cast<std::int64_t>(ids->size());
}

}  // namespace

Result<void> note_ended_grant(sql::Session& session, const std::string& grant_id, const sql::Value& at) {
  return done(
      session.execute("INSERT INTO ended_grants (user_id, epoch, grant_id, ended_at) VALUES ('', 0, $1, $2)",
                      {grant_id, at}));
}

Result<void> note_ended_epoch(sql::Session& session, const EndedEpoch& ended, WallTime now) {
  return done(
      session.execute("INSERT INTO ended_grants (user_id, epoch, grant_id, ended_at) VALUES ($1, $2, '', $3)",
                      {ended.user_id, ended.epoch, millis(now)}));
}

Result<std::optional<std::int64_t>> raise_epoch(sql::Session& session, const std::string& user_id,
                                                WallTime now) {
  const auto rows =
      session.query("UPDATE users SET epoch = epoch + 1 WHERE id = $1 RETURNING epoch", {user_id});
  if (!rows) return fail(rows);
  if (rows->empty()) return std::nullopt;
  const std::int64_t epoch = (*rows)[0].integer(0);
  if (const auto noted = note_ended_epoch(session, {user_id, epoch}, now); !noted) return fail(noted);
  return epoch;
}

Result<std::int64_t> revoke_rows(sql::Database& database, const RevokedRows& rows,
                                 const sql::Params& params) {
  return in_transaction<std::int64_t>(
      database, [&](sql::Session& session) { return revoke_in(session, rows, params); });
}

Result<void> revoke_api_keys(sql::Session& session, const std::string& user_id, WallTime now) {
  return done(revoke_in(session, {"api_keys", "revoked_at = $1", "user_id = $2"}, {millis(now), user_id}));
}

// Pages are read to the end even where next_after stands before a hole that somebody may yet fill, so that a
// hole delays nothing: what is behind it is merely read again.
Result<EndedBatch> read_ended(sql::Session& session, std::int64_t after, WallTime now) {
  EndedBatch batch{.ended = {}, .next_after = after};
  bool is_whole = true;
  bool is_full = true;
  for (std::int64_t last = after; is_full;) {
    const auto page = read_page(session, last);
    if (!page) return fail(page);
    is_full = page->size() == static_cast<std::size_t>(kEndedPage);
    for (const FeedRow& row : *page) {
      is_whole = is_whole && (row.ended.seq == batch.next_after + 1 || now - row.at >= kUnseenMax);
      if (is_whole) batch.next_after = row.ended.seq;
      last = row.ended.seq;
      batch.ended.push_back(row.ended);
    }
  }
  return batch;
}

}  // namespace picket::authd
