#include "authd/store/seal_check.h"

#include "authd/audit/chain.h"
#include "authd/store/audit_rows.h"
#include "authd/store/columns.h"
#include "authd/store/sealed_columns.h"

namespace picket::authd {
namespace {

constexpr std::int64_t kSealedPage = 200;

struct SealedValue {
  std::string row, envelope, key_id;
};
using Values = std::vector<SealedValue>;

Result<Values> values_of(const Result<sql::Rows>& rows) {
  return each_of<SealedValue>(rows, [](const sql::Row& row) -> Result<SealedValue> {
    return SealedValue{row.text(0), row.text(1), row.text(2)};
  });
}

Result<Values> one_of_each_key(sql::Session& session, const SealedColumn& column) {
  return values_of(session.query(
      fmt::format("SELECT {0}, {1}, {1}_sealed_by FROM {2} WHERE {0} IN (SELECT MAX({0}) FROM {2} WHERE "
                  "{1}_sealed_by <> '' GROUP BY {1}_sealed_by)",
                  column.key, column.column, column.table)));
}

Result<Values> page_after(sql::Session& session, const SealedColumn& column, const std::string& after) {
  return values_of(session.query(
      fmt::format(
          "SELECT {0}, {1}, {1}_sealed_by FROM {2} WHERE {1}_sealed_by <> '' AND {0} > $1 ORDER BY {0} "
          "LIMIT $2",
          column.key, column.column, column.table),
      {after, kSealedPage}));
}

bool opens(const Vault& vault, const SealedColumn& column, const SealedValue& value) {
  return vault.open({column.table, column.column, value.row}, value.envelope).has_value();
}

using SealCounts = std::map<std::string, SealCount>;

Result<void> count_column(sql::Session& session, const Vault& vault, const SealedColumn& column,
                          SealCounts& counts) {
  for (std::string after;;) {
    const auto page = page_after(session, column, after);
    if (!page) return fail(page);
    if (page->empty()) return {};
    for (const SealedValue& value : *page) {
      SealCount& count = counts[value.key_id];
      ++(opens(vault, column, value) ? count.opened : count.unreadable);
    }
    after = page->back().row;
  }
}

Failure wrong_key(const std::string& key_id) {
  return fail(
      ErrorKind::Corrupt,
      fmt::format("the database was sealed with the key \"{}\", which is not among the sealing keys at "
                  "hand: copy the secrets of the replica, or of the backup, that wrote it",
                  key_id));
}

Result<void> check_audit_key(sql::Session& session, const Secret& key) {
  const auto head = find_mark(session, MarkKind::Head);
  if (!head) return fail(head);
  if (!*head || is_genuine(MarkKind::Head, **head, key)) return {};
  return fail(ErrorKind::Corrupt,
              "the audit log was signed with another audit key, or its end was changed: copy the secrets of "
              "the replica, or of the backup, that wrote this database");
}

}  // namespace

Result<void> check_keys_fit(sql::Database& database, const Vault& vault, const Secret& audit_key) {
  std::map<std::string, bool> fits;  // one row that was damaged must not stop the daemon
  for (const SealedColumn& column : kSealedColumns) {
    const auto values = one_of_each_key(database, column);
    if (!values) return fail(values);
    for (const SealedValue& value : *values) {
      bool& any = fits[value.key_id];
      any = any || opens(vault, column, value);
    }
  }
  for (const auto& [key_id, any] : fits) {
    if (!any) return wrong_key(key_id);
  }
  return check_audit_key(database, audit_key);
}

Result<std::map<std::string, SealCount>> verify_seals(sql::Database& database, const Vault& vault) {
  SealCounts counts;
  for (const SealedColumn& column : kSealedColumns) {
    if (const auto counted = count_column(database, vault, column, counts); !counted) return fail(counted);
  }
  return counts;
}

}  // namespace picket::authd
