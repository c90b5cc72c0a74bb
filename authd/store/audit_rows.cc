#include "authd/store/audit_rows.h"

#include "authd/store/columns.h"

namespace picket::authd {
namespace {

constexpr std::string_view kAuditColumns =
    "seq, at, user_id, ip, user_agent, action, resource, result, details, hash";

Result<AuditRow> read_row(const sql::Row& row) {
  AuditRow audit;
  audit.seq = row.integer(0);
  audit.event.timestamp = time_at(row, 1);
  audit.event.user_id = row.text(2);
  audit.event.ip = row.text(3);
  audit.event.user_agent = row.text(4);
  audit.event.action = row.text(5);
  audit.event.resource = row.text(6);
  audit.event.result = row.text(7);
  audit.event.details = row.text(8);
  audit.hash = row.text(9);
  return audit;
}

std::string name_of(MarkKind kind) {
  return kind == MarkKind::Anchor ? "anchor" : "head";
}

/// A WHERE clause that grows.
class Conditions {
 public:
  void add(std::string_view condition, sql::Value value) {
    params_.push_back(std::move(value));
    where_ += fmt::format(" AND {} ${}", condition, params_.size());
  }
  void add_text(std::string_view column, const std::string& value) {
    if (!value.empty()) add(fmt::format("{} =", column), value);
  }
  void add_action(const std::string& action) {
    if (!action.ends_with(".*")) return add_text("action", action);
    const std::string family = action.substr(0, action.size() - 1);
    add(fmt::format("substr(action, 1, {}) =", family.size()), family);
  }

  const std::string& where() const { return where_; }
  sql::Params& params() { return params_; }

 private:
  std::string where_ = "1 = 1";
  sql::Params params_;
};

}  // namespace

Result<void> insert_row(sql::Session& session, const AuditRow& row) {
  const AuditEvent& e = row.event;
  return done(session.execute(
      fmt::format("INSERT INTO audit_events ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                  kAuditColumns),
      {row.seq, millis(e.timestamp), e.user_id, e.ip, e.user_agent, e.action, e.resource, e.result, e.details,
       row.hash}));
}

Result<std::vector<AuditRow>> read_rows(sql::Session& session, std::int64_t after_seq, int limit) {
  return each_of<AuditRow>(
      session.query(
          fmt::format("SELECT {} FROM audit_events WHERE seq > $1 ORDER BY seq LIMIT $2", kAuditColumns),
          {after_seq, number(limit)}),
      read_row);
}

Result<std::vector<AuditRow>> query_rows(sql::Session& session, const AuditFilter& filter) {
  Conditions conditions;
  conditions.add_text("user_id", filter.user_id);
  conditions.add_action(filter.action);
  conditions.add_text("resource", filter.resource);
  conditions.add_text("result", filter.result);
  conditions.add_text("ip", filter.ip);
  if (filter.from) conditions.add("at >=", millis(*filter.from));
  if (filter.to) conditions.add("at <", millis(*filter.to));
  if (filter.before_seq > 0) conditions.add("seq <", filter.before_seq);
  conditions.params().push_back(number(filter.limit));
  return each_of<AuditRow>(
      session.query(fmt::format("SELECT {} FROM audit_events WHERE {} ORDER BY seq DESC LIMIT ${}",
                                kAuditColumns, conditions.where(), conditions.params().size()),
                    conditions.params()),
      read_row);
}

Result<std::optional<AuditMark>> find_mark(sql::Session& session, MarkKind kind) {
  return first_of<AuditMark>(
      session.query("SELECT seq, hash, mac FROM audit_marks WHERE kind = $1", {name_of(kind)}),
      [](const sql::Row& row) -> Result<AuditMark> {
        return AuditMark{row.integer(0), row.text(1), row.text(2)};
      });
}

Result<bool> put_mark(sql::Session& session, MarkKind kind, const std::optional<AuditMark>& before,
                      const AuditMark& mark) {
  if (!before) {
    return won(
        session.execute("INSERT INTO audit_marks (kind, seq, hash, mac) VALUES ($1, $2, $3, $4) ON CONFLICT "
                        "(kind) DO NOTHING",
                        {name_of(kind), mark.seq, mark.hash, mark.mac}));
  }
  return won(
      session.execute("UPDATE audit_marks SET seq = $2, hash = $3, mac = $4 WHERE kind = $1 AND seq = $5",
                      {name_of(kind), mark.seq, mark.hash, mark.mac, before->seq}));
}

}  // namespace picket::authd
