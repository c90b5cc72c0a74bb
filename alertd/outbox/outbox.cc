#include "alertd/outbox/outbox.h"

#include <array>

#include "base/text/strings.h"
#include "base/time/timestamp.h"

namespace picket::alertd {
namespace {

constexpr std::array kMigrations = {sql::Migration{1, "create_deliveries", R"sql(
CREATE TABLE deliveries (
  id TEXT PRIMARY KEY, lane TEXT NOT NULL, receiver TEXT NOT NULL, integration TEXT NOT NULL, target TEXT NOT NULL,
  group_key TEXT NOT NULL, status TEXT NOT NULL, summary TEXT NOT NULL, payload TEXT NOT NULL, state TEXT NOT NULL,
  attempts BIGINT NOT NULL, created_at BIGINT NOT NULL, next_try_at BIGINT NOT NULL, finished_at BIGINT NOT NULL,
  claimed_by TEXT NOT NULL, claimed_until BIGINT NOT NULL, last_detail TEXT NOT NULL);
CREATE INDEX deliveries_due ON deliveries (state, next_try_at);
CREATE INDEX deliveries_lane ON deliveries (lane, state, id);
CREATE TABLE delivery_attempts (
  delivery_id TEXT NOT NULL, number BIGINT NOT NULL, started_at BIGINT NOT NULL, outcome TEXT NOT NULL, code BIGINT NOT NULL,
  detail TEXT NOT NULL, provider_id TEXT NOT NULL, latency_ms BIGINT NOT NULL, maybe_delivered BIGINT NOT NULL,
  PRIMARY KEY (delivery_id, number))
)sql"}};

constexpr std::string_view kColumns =
    "id, receiver, integration, target, group_key, status, summary, payload, state, attempts, created_at, "
    "next_try_at, "
    "finished_at, last_detail";

DeliveryState parse_state(std::string_view text) {
  for (const DeliveryState state :
       {DeliveryState::Delivered, DeliveryState::Failed, DeliveryState::Expired}) {
    if (text == to_string(state)) return state;
  }
  return DeliveryState::Pending;
}

Delivery read_delivery(const sql::Row& row) {
  Delivery d;
  d.id = row.text(0);
  d.receiver = row.text(1);
  d.integration = row.text(2);
  d.target = row.text(3);
  d.group_key = row.text(4);
  d.status = row.text(5);
  d.summary = row.text(6);
  d.payload = row.text(7);
  d.state = parse_state(row.text(8));
  d.attempts = static_cast<int>(row.integer(9));
  d.created_at = from_unix_millis(row.integer(10));
  d.next_try_at = from_unix_millis(row.integer(11));
  d.finished_at = from_unix_millis(row.integer(12));
  d.last_detail = row.text(13);
  return d;
}

std::vector<Delivery> read_deliveries(const sql::Rows& rows) {
  std::vector<Delivery> deliveries;
  deliveries.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) deliveries.push_back(read_delivery(rows[i]));
  return deliveries;
}

std::string lane_of(const NewDelivery& d) {
  return fmt::format("{}\n{}\n{}\n{}", d.receiver, d.integration, d.target, d.group_key);
}

}  // namespace

std::string_view to_string(DeliveryState state) {
  switch (state) {
    case DeliveryState::Pending:
      return "pending";
    case DeliveryState::Delivered:
      return "delivered";
    case DeliveryState::Failed:
      return "failed";
    case DeliveryState::Expired:
      return "expired";
  }
  return "pending";
}

std::span<const sql::Migration> Outbox::migrations() {
  return kMigrations;
}

Result<std::string> Outbox::put(sql::Session& session, const NewDelivery& d) {
  const std::string id = ids_.next();
  const std::int64_t now = unix_millis(clock_.wall());
  const Result<std::int64_t> put = session.execute(
      "INSERT INTO deliveries (id, lane, receiver, integration, target, group_key, status, summary, payload, "
      "state, attempts, "
      "created_at, next_try_at, finished_at, claimed_by, claimed_until, last_detail) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', 0, $10, $10, 0, '', 0, '')",
      {id, lane_of(d), d.receiver, d.integration, d.target, d.group_key, d.status, d.summary, d.payload,
       now});
  if (!put) return fail(put, "putting a message into the outbox");
  return id;
}

Result<std::vector<Delivery>> Outbox::claim(const std::string& worker, int limit, Duration lease) {
  const std::int64_t now = unix_millis(clock_.wall());
  const Result<sql::Rows> due = database_.query(
      fmt::format(
          "SELECT {} FROM deliveries AS d WHERE state = 'pending' AND next_try_at <= $1 AND claimed_until <= "
          "$1 AND NOT EXISTS "
          "(SELECT 1 FROM deliveries AS e WHERE e.lane = d.lane AND e.state = 'pending' AND e.id < d.id) "
          "ORDER BY next_try_at, id LIMIT $2",
          kColumns),
      {now, std::int64_t{limit}});
  if (!due) return fail(due);
  std::vector<Delivery> claimed;
  for (Delivery& delivery : read_deliveries(*due)) {
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
          "INSERT INTO delivery_attempts (delivery_id, number, started_at, outcome, code, detail, "
          "provider_id, latency_ms, "
          "maybe_delivered) VALUES ($1, $2, $3, 'started', 0, '', '', 0, 1)",
          {delivery.id, std::int64_t{delivery.attempts} + 1, now});
      if (!started) return fail(started);
      return {};
    });
    if (!taken) return fail(taken);
    if (!won) continue;
    ++delivery.attempts;
    claimed.push_back(std::move(delivery));
  }
  return claimed;
}

Result<std::int64_t> Outbox::release_claims() {
  return database_.execute(
      "UPDATE deliveries SET claimed_by = '', claimed_until = 0 WHERE state = 'pending' AND claimed_until > "
      "0");
}

Result<void> Outbox::record(const Delivery& delivery, const DeliveryResult& result, const Verdict& verdict) {
  const std::int64_t now = unix_millis(clock_.wall());
  const std::string detail = truncate(result.detail, 1000);
  return database_.transaction([&](sql::Session& session) -> Result<void> {
    const Result<std::int64_t> attempt = session.execute(
        "UPDATE delivery_attempts SET outcome = $3, code = $4, detail = $5, provider_id = $6, latency_ms = "
        "$7, maybe_delivered = $8 "
        "WHERE delivery_id = $1 AND number = $2",
        {delivery.id, std::int64_t{delivery.attempts}, std::string(to_string(result.outcome)),
         std::int64_t{result.code}, detail, result.provider_id,
         std::chrono::duration_cast<std::chrono::milliseconds>(result.latency).count(),
         std::int64_t{result.maybe_delivered ? 1 : 0}});
    if (!attempt) return fail(attempt);
    const bool pending = verdict.state == DeliveryState::Pending;
    const Result<std::int64_t> moved = session.execute(
        "UPDATE deliveries SET state = $2, next_try_at = $3, finished_at = $4, claimed_by = '', "
        "claimed_until = 0, last_detail = $5 "
        "WHERE id = $1 AND state = 'pending'",
        {delivery.id, std::string(to_string(verdict.state)), pending ? unix_millis(verdict.next_try_at) : now,
         pending ? std::int64_t{0} : now, detail});
    if (!moved) return fail(moved);
    return {};
  });
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
      database_.query(fmt::format("SELECT {} FROM deliveries WHERE {} ORDER BY id DESC LIMIT ${}", kColumns,
                                  where, params.size()),
                      params);
  if (!rows) return fail(rows);
  return read_deliveries(*rows);
}

Result<std::optional<Delivery>> Outbox::find(const std::string& id) {
  const Result<sql::Rows> rows =
      database_.query(fmt::format("SELECT {} FROM deliveries WHERE id = $1", kColumns), {id});
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

Result<Outbox::Depth> Outbox::depth() {
  const Result<sql::Rows> rows =
      database_.query("SELECT COUNT(*), MIN(created_at) FROM deliveries WHERE state = 'pending'");
  if (!rows) return fail(rows);
  Depth depth{.pending = (*rows)[0].integer(0), .oldest = std::nullopt};
  if (depth.pending > 0) depth.oldest = from_unix_millis((*rows)[0].integer(1));
  return depth;
}

Result<std::optional<WallTime>> Outbox::next_due() {
  const Result<sql::Rows> rows =
      database_.query("SELECT MIN(next_try_at) FROM deliveries WHERE state = 'pending'");
  if (!rows) return fail(rows);
  if ((*rows)[0].is_null(0)) return std::nullopt;
  return from_unix_millis((*rows)[0].integer(0));
}

Result<std::int64_t> Outbox::prune(WallTime before) {
  std::int64_t pruned = 0;
  const std::int64_t limit = unix_millis(before);
  const Result<void> done = database_.transaction([&](sql::Session& session) -> Result<void> {
    const Result<std::int64_t> attempts = session.execute(
        "DELETE FROM delivery_attempts WHERE delivery_id IN (SELECT id FROM deliveries WHERE state <> "
        "'pending' AND finished_at < $1)",
        {limit});
    if (!attempts) return fail(attempts);
    const Result<std::int64_t> deliveries =
        session.execute("DELETE FROM deliveries WHERE state <> 'pending' AND finished_at < $1", {limit});
    if (!deliveries) return fail(deliveries);
    pruned = *deliveries;
    return {};
  });
  if (!done) return fail(done);
  return pruned;
}

}  // namespace picket::alertd
