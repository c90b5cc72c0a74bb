#include "alertd/outbox/outbox.h"

#include <fmt/format.h>

#include "alertd/outbox/delivery_rows.h"
#include "base/text/escape.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"

namespace picket::alertd {
namespace {

/// Rows that one statement of a clean-up touches, so that nobody waits long for the writer.
constexpr std::int64_t kCleanUpBatch = 1000;
constexpr std::string_view kOldest =
    "SELECT id FROM deliveries WHERE state <> 'pending' AND finished_at > 0 AND finished_at < $1{} ORDER BY "
    "finished_at, id LIMIT $2";

constexpr std::size_t kDetailMax = 1000;

/// What a peer said, as both engines take it: a result that cannot be recorded is sent again and again.
std::string text_of(std::string_view said) {
  return replace_all(repair_utf8(truncate(said, kDetailMax)), std::string_view("\0", 1), "\uFFFD");
}

/// Whether a try that is under way, or one that was cut off, may have been accepted.
Result<bool> maybe_accepted(sql::Session& session, const std::string& id) {
  const Result<sql::Rows> rows = session.query(
      "SELECT COUNT(*) FROM delivery_attempts WHERE delivery_id = $1 AND maybe_delivered = 1", {id});
  if (!rows) return fail(rows);
  return (*rows)[0].integer(0) > 0;
}

std::string lane_of(const NewDelivery& d) {
  return fmt::format("{}\n{}\n{}", d.integration_id, d.target, d.stored_group_key);
}

}  // namespace

Result<std::string> Outbox::put(sql::Session& session, const NewDelivery& d) {
  const std::string id = ids_.next();
  const std::int64_t now = unix_millis(clock_.wall());
  const Result<std::int64_t> put = session.execute(
      "INSERT INTO deliveries (id, lane, receiver, integration, target, group_key, status, summary, payload, "
      "state, attempts, created_at, next_try_at, finished_at, claimed_by, claimed_until, last_detail, "
      "integration_id, stored_group_key, supersedes, not_before, waiting_since) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', 0, $10, $10, 0, '', 0, '', $11, $12, $13, 0, "
      "$10)",
      {id, lane_of(d), d.receiver, d.integration, d.target, d.group_key, d.status, d.summary, d.payload, now,
       d.integration_id, d.stored_group_key, d.supersedes});
  if (!put) return fail(put, "putting a message into the outbox");
  return id;
}

Result<bool> Outbox::supersede(sql::Session& session, const std::string& id) {
  // A try that is under way keeps its claim: the message that takes the place waits for its end.
  const Result<std::int64_t> changed = session.execute(
      "UPDATE deliveries SET state = 'superseded', finished_at = $2 WHERE id = $1 AND state = 'pending'",
      {id, unix_millis(clock_.wall())});
  if (!changed) return fail(changed);
  if (*changed == 0) return fail(ErrorKind::Conflict, "the message has ended already");
  return maybe_accepted(session, id);
}

Result<void> Outbox::supersede_group(sql::Session& session, const std::string& stored_group_key) {
  const Result<std::int64_t> changed = session.execute(
      "UPDATE deliveries SET state = 'superseded', finished_at = $2 WHERE stored_group_key = $1 AND state = "
      "'pending'",
      {stored_group_key, unix_millis(clock_.wall())});
  if (!changed) return fail(changed);
  return {};
}

Result<std::vector<Delivery>> Outbox::claim(const std::string& worker, const Wanted& wanted, Duration lease) {
  const std::int64_t now = unix_millis(clock_.wall());
  const Result<sql::Rows> due = database_.query(
      fmt::format("SELECT {} FROM deliveries AS d WHERE state = 'pending' AND integration_id = $2 AND {} <= "
                  "$1 AND claimed_until <= $1 AND NOT EXISTS (SELECT 1 FROM deliveries AS e WHERE e.lane = "
                  "d.lane AND e.id < d.id AND (e.state = 'pending' OR e.claimed_until > $1)) "
                  "ORDER BY {}next_try_at, id LIMIT $3",
                  delivery_columns("payload"), wanted.probe ? "not_before" : "next_try_at",
                  wanted.probe ? "CASE WHEN attempts = 0 THEN 0 ELSE 1 END, " : ""),
      {now, wanted.integration_id, std::int64_t{wanted.limit}});
  if (!due) return fail(due);
  std::vector<Delivery> claimed;
  for (Delivery& delivery : read_deliveries(*due)) {
    const Result<bool> won = take(worker, delivery, lease);
    if (!won && claimed.empty()) return fail(won);
    if (!won) break;  // what is claimed goes out; the rest is due in the next round, too
    if (!*won) continue;
    ++delivery.attempts;
    claimed.push_back(std::move(delivery));
  }
  return claimed;
}

Result<bool> Outbox::take(const std::string& worker, const Delivery& delivery, Duration lease) {
  const std::int64_t now = unix_millis(clock_.wall());
  bool won = false;
  const Result<void> taken = database_.transaction([&](sql::Session& session) -> Result<void> {
    const Result<std::int64_t> changed = session.execute(
        "UPDATE deliveries SET claimed_by = $2, claimed_until = $3, attempts = attempts + 1 "
        "WHERE id = $1 AND state = 'pending' AND claimed_until <= $4 AND attempts = $5",
        {delivery.id, worker, now + unix_millis(WallTime(lease)), now, std::int64_t{delivery.attempts}});
    if (!changed) return fail(changed);
    won = *changed == 1;
    if (!won) return {};
    const Result<std::int64_t> started = session.execute(
        "INSERT INTO delivery_attempts (delivery_id, number, started_at, outcome, code, detail, provider_id, "
        "latency_ms, maybe_delivered) VALUES ($1, $2, $3, 'started', 0, '', '', 0, 1)",
        {delivery.id, std::int64_t{delivery.attempts} + 1, now});
    if (!started) return fail(started);
    return {};
  });
  if (!taken) return fail(taken);
  return won;
}

Result<void> Outbox::renew(const std::string& worker, const std::vector<std::string>& ids, Duration lease) {
  const std::int64_t until = unix_millis(clock_.wall() + lease);
  return database_.transaction([&](sql::Session& session) -> Result<void> {
    for (const std::string& id : ids) {
      const Result<std::int64_t> renewed = session.execute(
          "UPDATE deliveries SET claimed_until = $3 WHERE id = $1 AND claimed_by = $2", {id, worker, until});
      if (!renewed) return fail(renewed);
    }
    return {};
  });
}

Result<void> Outbox::release(const std::string& worker, const Delivery& delivery) {
  return database_.transaction([&](sql::Session& session) -> Result<void> {
    const Result<std::int64_t> freed = session.execute(
        "UPDATE deliveries SET claimed_by = '', claimed_until = 0, attempts = attempts - 1 WHERE id = $1 AND "
        "claimed_by = $2 AND attempts = $3",
        {delivery.id, worker, std::int64_t{delivery.attempts}});
    if (!freed) return fail(freed);
    if (*freed == 0) return {};
    const Result<std::int64_t> forgotten =
        session.execute("DELETE FROM delivery_attempts WHERE delivery_id = $1 AND number = $2",
                        {delivery.id, std::int64_t{delivery.attempts}});
    if (!forgotten) return fail(forgotten);
    return {};
  });
}

Result<std::int64_t> Outbox::release_claims() {
  return database_.execute(
      "UPDATE deliveries SET claimed_by = '', claimed_until = 0 WHERE claimed_until > 0");
}

Result<DeliveryState> Outbox::record(const std::string& worker, const Delivery& delivery,
                                     const DeliveryResult& result, const Verdict& verdict,
                                     DeliveryObserver& observer) {
  std::optional<DeliveryState> now;
  bool ended = false, told = false;
  const Result<void> done = database_.transaction([&](sql::Session& session) -> Result<void> {
    const Result<void> attempt = end_attempt(session, delivery, result);
    if (!attempt) return fail(attempt);
    const Result<std::optional<DeliveryState>> moved = end_claim(session, worker, delivery, result, verdict);
    if (!moved) return fail(moved);
    now = *moved;
    ended = now && *now != DeliveryState::Pending && *now != DeliveryState::Superseded;
    if (!ended) return {};
    told = *now == DeliveryState::Delivered;
    if (!told) {
      const Result<bool> maybe = maybe_accepted(session, delivery.id);
      if (!maybe) return fail(maybe);
      told = *maybe;
    }
    return observer.store_end(session, delivery, told);
  });
  if (!done) return fail(done);
  if (!now) return fail(ErrorKind::Conflict, "the message is another worker's by now");
  if (ended) observer.ended(delivery, told);
  return *now;
}

Result<void> Outbox::end_attempt(sql::Session& session, const Delivery& delivery,
                                 const DeliveryResult& result) {
  const Result<std::int64_t> ended = session.execute(
      "UPDATE delivery_attempts SET outcome = $3, code = $4, detail = $5, provider_id = $6, latency_ms = $7, "
      "maybe_delivered = $8 WHERE delivery_id = $1 AND number = $2",
      {delivery.id, std::int64_t{delivery.attempts}, std::string(to_string(result.outcome)),
       std::int64_t{result.code}, text_of(result.detail), text_of(result.provider_id),
       std::chrono::duration_cast<std::chrono::milliseconds>(result.latency).count(),
       std::int64_t{result.maybe_delivered ? 1 : 0}});
  if (!ended) return fail(ended);
  return {};
}

/// The state it is in now; none when the claim is another's.
Result<std::optional<DeliveryState>> Outbox::end_claim(sql::Session& session, const std::string& worker,
                                                       const Delivery& delivery, const DeliveryResult& result,
                                                       const Verdict& verdict) {
  const std::string detail = text_of(result.detail);
  const bool pending = verdict.state == DeliveryState::Pending;
  const Result<std::int64_t> moved = session.execute(
      "UPDATE deliveries SET state = $4, next_try_at = $5, not_before = $6, finished_at = $7, last_detail = "
      "$8, claimed_by = '', claimed_until = 0 WHERE id = $1 AND claimed_by = $2 AND attempts = $3 AND state "
      "= "
      "'pending'",
      {delivery.id, worker, std::int64_t{delivery.attempts}, std::string(to_string(verdict.state)),
       pending ? unix_millis(verdict.next_try_at) : std::int64_t{0},
       pending ? unix_millis(verdict.not_before) : std::int64_t{0},
       pending ? std::int64_t{0} : unix_millis(clock_.wall()), detail});
  if (!moved) return fail(moved);
  if (*moved == 1) return verdict.state;
  const DeliveryState state =
      verdict.state == DeliveryState::Delivered ? DeliveryState::Delivered : DeliveryState::Superseded;
  const Result<std::int64_t> freed = session.execute(
      "UPDATE deliveries SET state = $4, last_detail = $5, claimed_by = '', claimed_until = 0 WHERE id = $1 "
      "AND claimed_by = $2 AND attempts = $3 AND state = 'superseded'",
      {delivery.id, worker, std::int64_t{delivery.attempts}, std::string(to_string(state)), detail});
  if (!freed) return fail(freed);
  if (*freed == 0) return std::nullopt;
  return state;
}

Result<void> Outbox::make_due(const std::string& integration_id) {
  const std::int64_t now = unix_millis(clock_.wall());
  const Result<std::int64_t> changed = database_.execute(
      "UPDATE deliveries SET next_try_at = CASE WHEN not_before > $2 THEN not_before ELSE $2 END "
      "WHERE integration_id = $1 AND state = 'pending' AND next_try_at > $2 AND NOT EXISTS (SELECT 1 FROM "
      "delivery_attempts AS a WHERE a.delivery_id = deliveries.id AND a.number = deliveries.attempts AND "
      "a.code NOT IN (0, 421, 429, 502, 503, 504))",
      {integration_id, now});
  if (!changed) return fail(changed);
  return {};
}

Result<void> Outbox::shift(sql::Session& session, Duration difference) {
  const std::int64_t millis = std::chrono::duration_cast<std::chrono::milliseconds>(difference).count();
  const Result<std::int64_t> waits = session.execute(
      "UPDATE deliveries SET next_try_at = next_try_at + $1, waiting_since = waiting_since + $1 WHERE state "
      "= "
      "'pending'",
      {millis});
  if (!waits) return fail(waits);
  const Result<std::int64_t> asked = session.execute(
      "UPDATE deliveries SET not_before = not_before + $1 WHERE state = 'pending' AND not_before > 0",
      {millis});
  if (!asked) return fail(asked);
  const Result<std::int64_t> claims = session.execute(
      "UPDATE deliveries SET claimed_until = claimed_until + $1 WHERE claimed_until > 0", {millis});
  if (!claims) return fail(claims);
  return {};
}

Result<void> Outbox::rebase(Duration longest) {
  const std::int64_t now = unix_millis(clock_.wall());
  const std::int64_t last = now + std::chrono::duration_cast<std::chrono::milliseconds>(longest).count();
  const auto earlier = [&](std::string_view column, std::int64_t limit) {
    return database_.execute(
        fmt::format("UPDATE deliveries SET {0} = $1 WHERE state = 'pending' AND {0} > $1", column), {limit});
  };
  for (const auto& [column, limit] : {std::pair{"next_try_at", last}, std::pair{"not_before", last},
                                      std::pair{"claimed_until", last}, std::pair{"waiting_since", now}}) {
    if (const Result<std::int64_t> done = earlier(column, limit); !done) return fail(done);
  }
  return {};
}

Result<std::vector<Delivery>> Outbox::list(const DeliveryFilter& filter) {
  std::string where = "1 = 1";
  sql::Params params;
  const auto narrow = [&](std::string_view column, std::string_view op, const std::string& value) {
    if (value.empty()) return;
    params.emplace_back(value);
    where += fmt::format(" AND {} {} ${}", column, op, params.size());
  };
  narrow("state", "=", filter.state);
  narrow("receiver", "=", filter.receiver);
  narrow("group_key", "=", filter.group_key);
  narrow("id", "<", filter.before_id);
  params.emplace_back(std::int64_t{filter.limit});
  const Result<sql::Rows> rows =
      database_.query(fmt::format("SELECT {} FROM deliveries WHERE {} ORDER BY id DESC LIMIT ${}",
                                  delivery_columns("''"), where, params.size()),
                      params);
  if (!rows) return fail(rows);
  return read_deliveries(*rows);
}

Result<std::optional<Delivery>> Outbox::find(const std::string& id) {
  const Result<sql::Rows> rows = database_.query(
      fmt::format("SELECT {} FROM deliveries WHERE id = $1", delivery_columns("payload")), {id});
  if (!rows) return fail(rows);
  if (rows->empty()) return std::nullopt;
  return read_delivery((*rows)[0]);
}

Result<std::vector<Attempt>> Outbox::attempts(const std::string& id) {
  const Result<sql::Rows> rows = database_.query(
      "SELECT number, started_at, outcome, code, detail, provider_id, latency_ms, maybe_delivered FROM "
      "delivery_attempts "
      "WHERE delivery_id = $1 ORDER BY number",
      {id});
  if (!rows) return fail(rows);
  std::vector<Attempt> attempts;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const sql::Row row = (*rows)[i];
    attempts.push_back({.number = static_cast<int>(row.integer(0)),
                        .started_at = from_unix_millis(row.integer(1)),
                        .outcome = row.text(2),
                        .code = static_cast<int>(row.integer(3)),
                        .detail = row.text(4),
                        .provider_id = row.text(5),
                        .latency_ms = row.integer(6),
                        .maybe_delivered = row.integer(7) != 0});
  }
  return attempts;
}

Result<std::vector<Outbox::Depth>> Outbox::depths() {
  const Result<sql::Rows> rows = database_.query(
      "SELECT integration_id, COUNT(*), MIN(created_at), MIN(next_try_at), MAX(not_before) FROM deliveries "
      "WHERE state = "
      "'pending' GROUP BY integration_id ORDER BY integration_id");
  if (!rows) return fail(rows);
  std::vector<Depth> depths;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const sql::Row row = (*rows)[i];
    depths.push_back({.integration_id = row.text(0),
                      .pending = row.integer(1),
                      .oldest = from_unix_millis(row.integer(2)),
                      .next_try = from_unix_millis(row.integer(3)),
                      .not_before = from_unix_millis(row.integer(4))});
  }
  return depths;
}

Result<std::int64_t> Outbox::prune(WallTime before) {
  std::int64_t pruned = 0;
  const sql::Params oldest{unix_millis(before), kCleanUpBatch};
  const std::string ids = fmt::format(kOldest, "");
  const Result<void> done = database_.transaction([&](sql::Session& session) -> Result<void> {
    const Result<std::int64_t> attempts =
        session.execute(fmt::format("DELETE FROM delivery_attempts WHERE delivery_id IN ({})", ids), oldest);
    if (!attempts) return fail(attempts);
    const Result<std::int64_t> deliveries =
        session.execute(fmt::format("DELETE FROM deliveries WHERE id IN ({})", ids), oldest);
    if (!deliveries) return fail(deliveries);
    pruned = *deliveries;
    return {};
  });
  if (!done) return fail(done);
  return pruned;
}

Result<std::int64_t> Outbox::drop_payloads(WallTime before) {
  return database_.execute(fmt::format("UPDATE deliveries SET payload = '' WHERE id IN ({})",
                                       fmt::format(kOldest, " AND payload <> ''")),
                           {unix_millis(before), kCleanUpBatch});
}

}  // namespace picket::alertd
