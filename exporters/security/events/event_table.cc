#include "exporters/security/events/event_table.h"

#include <algorithm>
#include <array>

#include "base/text/strings.h"
#include "base/time/timestamp.h"
#include "exporters/security/events/masking.h"

namespace picket::security {
namespace {

// client_key is the address as 32 hexadecimal digits, so that a network is a range of it; words is the masked
// text in small letters that callers may search who see no addresses.
constexpr std::array kMigrations = {sql::Migration{1, "create_security_events", R"(
CREATE TABLE security_events (
  seq @serial_key@,
  id TEXT NOT NULL UNIQUE,
  time_ms BIGINT NOT NULL,
  source TEXT NOT NULL,
  kind TEXT NOT NULL,
  category TEXT NOT NULL,
  severity BIGINT NOT NULL,
  client TEXT NOT NULL,
  client_key TEXT NOT NULL,
  account TEXT NOT NULL,
  summary TEXT NOT NULL,
  details TEXT NOT NULL,
  words TEXT NOT NULL
);
CREATE INDEX security_events_by_time ON security_events (time_ms, seq);
CREATE INDEX security_events_by_client ON security_events (client_key, time_ms);
)"}};

constexpr std::string_view kInsert =
    "INSERT INTO security_events (id, time_ms, source, kind, category, severity, client, client_key, account, "
    "summary, details, words) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
    "ON CONFLICT (id) DO NOTHING";

constexpr int kBitsOfAddress = 128;
constexpr int kBitsBeforeV4 = 96;

using AddressBytes = std::array<std::uint8_t, 16>;

/// IPv4 as the IPv6 address that it is mapped to.
AddressBytes key_bytes(const IpAddress& address) {
  if (address.family() == IpAddress::Family::V6) return address.bytes();
  AddressBytes bytes{};
  bytes[10] = bytes[11] = 0xff;
  for (std::size_t i = 0; i < 4; ++i) bytes[12 + i] = address.bytes()[i];
  return bytes;
}

std::string key_text(const AddressBytes& bytes) {
  std::string out;
  for (const std::uint8_t byte : bytes) out += fmt::format("{:02x}", byte);
  return out;
}

std::string key_of(std::string_view client) {
  const Result<IpAddress> address = IpAddress::parse(client);
  return address ? key_text(key_bytes(address->unmapped())) : "";
}

/// The first or the last address of the network.
std::string edge_of(const Cidr& network, bool is_last) {
  AddressBytes bytes = key_bytes(network.network);
  const bool is_v4 = network.network.family() == IpAddress::Family::V4;
  for (int bit = network.prefix + (is_v4 ? kBitsBeforeV4 : 0); bit < kBitsOfAddress; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80U >> static_cast<unsigned>(bit % 8));
    std::uint8_t& byte = bytes[static_cast<std::size_t>(bit / 8)];
    byte = static_cast<std::uint8_t>(is_last ? byte | mask : byte & ~mask);
  }
  return key_text(bytes);
}

/// A pattern of LIKE that finds the text anywhere.
std::string containing(std::string_view text) {
  std::string out = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out + "%";
}

/// WHERE clause and parameters, grown together: each ? becomes the number of its value.
class Conditions {
 public:
  void add(std::string_view condition, const std::vector<sql::Value>& values) {
    text_ += text_.empty() ? " WHERE " : " AND ";
    auto value = values.begin();
    for (const char c : condition) {
      if (c == '?') {
        text_ += placeholder(*value++);
      } else {
        text_ += c;
      }
    }
  }
  void equal(std::string_view column, const std::string& value) {
    if (!value.empty()) add(fmt::format("{} = ?", column), {value});
  }
  std::string placeholder(sql::Value value) {
    params_.push_back(std::move(value));
    return fmt::format("${}", params_.size());
  }
  const std::string& text() const { return text_; }
  const sql::Params& params() const { return params_; }

 private:
  std::string text_;
  sql::Params params_;
};

Conditions conditions_of(const EventFilter& filter) {
  Conditions where;
  if (filter.from) where.add("time_ms >= ?", {unix_millis(*filter.from)});
  if (filter.to) where.add("time_ms < ?", {unix_millis(*filter.to)});
  where.equal("source", filter.source);
  where.equal("kind", filter.kind);
  where.equal("category", filter.category);
  where.equal("account", filter.account);
  if (filter.severity) where.add("severity >= ?", {static_cast<std::int64_t>(*filter.severity)});
  if (filter.client)
    where.add("client_key BETWEEN ? AND ?", {edge_of(*filter.client, false), edge_of(*filter.client, true)});
  if (!filter.text.empty() && filter.text_masked)
    where.add(R"(words LIKE ? ESCAPE '\')", {containing(to_lower(filter.text))});
  if (!filter.text.empty() && !filter.text_masked)
    where.add(R"(LOWER(summary || ' ' || client || ' ' || account || ' ' || details) )"
              R"(LIKE LOWER(CAST(? AS TEXT)) ESCAPE '\')",
              {containing(filter.text)});
  if (filter.before) where.add("(time_ms, seq) < (?, ?)", {filter.before->time_ms, filter.before->number});
  return where;
}

Severity severity_of(std::int64_t number) {
  const auto last = static_cast<std::int64_t>(Severity::Critical);
  return static_cast<Severity>(std::clamp<std::int64_t>(number, 0, last));
}

SecurityEvent event_of(const sql::Row& row) {
  SecurityEvent event;
  event.id = row.text(2);
  event.time = from_unix_millis(row.integer(1));
  event.source = row.text(3);
  event.kind = row.text(4);
  event.category = row.text(5);
  event.severity = severity_of(row.integer(6));
  event.client = row.text(7);
  event.account = row.text(8);
  event.summary = row.text(9);
  event.details = row.text(10);
  return event;
}

sql::Params values_of(const SecurityEvent& event) {
  const std::string words = to_lower(fmt::format("{}\n{}\n{}\n{}", masked_text(event.summary, event.account),
                                                 event.source, event.kind, event.category));
  return {event.id,      unix_millis(event.time), event.source,
          event.kind,    event.category,          static_cast<std::int64_t>(event.severity),
          event.client,  key_of(event.client),    event.account,
          event.summary, event.details,           words};
}

Result<std::int64_t> count_in(sql::Session& session) {
  const Result<sql::Rows> rows = session.query("SELECT COUNT(*) FROM security_events");
  if (!rows) return fail(rows);
  return rows->empty() ? 0 : (*rows)[0].integer(0);
}

}  // namespace

Result<std::unique_ptr<EventTable>> EventTable::open(const sql::Dsn& dsn) {
  Result<std::unique_ptr<sql::Database>> database = sql::Database::open(dsn);
  if (!database) return fail(database);
  if (const Result<void> migrated = (*database)->migrate("security_events", kMigrations); !migrated) {
    Error error = migrated.error();
    // The file was found sound on opening: it is of a newer version or another program, not damaged.
    if (error.kind == ErrorKind::Corrupt) error.kind = ErrorKind::Conflict;
    return fail(std::move(error));
  }
  return std::unique_ptr<EventTable>(new EventTable(std::move(*database)));
}

Result<std::int64_t> EventTable::insert(std::span<const SecurityEvent> events) {
  std::int64_t added = 0;
  const Result<void> done = database_->transaction([&](sql::Session& session) -> Result<void> {
    added = 0;
    for (const SecurityEvent& event : events) {
      const auto changed = session.execute(kInsert, values_of(event));
      if (!changed) return fail(changed);
      added += *changed;
    }
    return {};
  });
  if (!done) return fail(done);
  return added;
}

Result<EventPage> EventTable::events(const EventFilter& filter) {
  Conditions where = conditions_of(filter);
  std::string statement =
      "SELECT seq, time_ms, id, source, kind, category, severity, client, account, summary, details "
      "FROM security_events" +
      where.text();
  statement += " ORDER BY time_ms DESC, seq DESC LIMIT ";
  statement +=
      where.placeholder(static_cast<std::int64_t>(filter.limit) + 1);  // one more says "there are more"
  const Result<sql::Rows> rows = database_->query(statement, where.params());
  if (!rows) return fail(rows);
  EventPage page;
  for (std::size_t i = 0; i < std::min(rows->size(), filter.limit); ++i)
    page.events.push_back(event_of((*rows)[i]));
  if (rows->size() > filter.limit && filter.limit > 0) {
    const sql::Row last = (*rows)[filter.limit - 1];
    page.next = EventCursor{last.integer(1), last.integer(0)};
  }
  return page;
}

Result<std::int64_t> EventTable::count() {
  if (database_->engine() == sql::Engine::Postgres) return count_in(*database_);
  // In a transaction it takes the time that it takes, whatever Dsn::read_timeout is.
  Result<std::int64_t> count = 0;
  const Result<void> done = database_->transaction([&](sql::Session& session) -> Result<void> {
    count = count_in(session);
    return count ? Result<void>() : fail(count);
  });
  return done ? count : Result<std::int64_t>(fail(done));
}

Result<std::int64_t> EventTable::delete_oldest(std::int64_t most) {
  return database_->execute(
      "DELETE FROM security_events WHERE seq IN "
      "(SELECT seq FROM security_events ORDER BY time_ms, seq LIMIT $1)",
      {most});
}

Result<std::int64_t> EventTable::delete_before(WallTime time, std::int64_t most) {
  return database_->execute(
      "DELETE FROM security_events WHERE seq IN "
      "(SELECT seq FROM security_events WHERE time_ms < $1 ORDER BY time_ms, seq LIMIT $2)",
      {unix_millis(time), most});
}

}  // namespace picket::security
