#include "authd/store/guard_revisions.h"

#include "authd/store/columns.h"
#include "authd/store/in_transaction.h"

namespace picket::authd {
namespace {

sql::Value name_of(Guard guard) {
  return text(guard == Guard::Blocks ? "blocks" : "user_limits");
}

}  // namespace

Result<bool> change_guard(sql::Database& database, Guard guard, std::string_view sql,
                          const sql::Params& params) {
  return in_transaction<bool>(database, [&](sql::Session& session) -> Result<bool> {
    Result<bool> changed = won(session.execute(sql, params));
    if (!changed || !*changed) return changed;
    if (const auto raised = raise_revision(session, guard); !raised) return fail(raised);
    return true;
  });
}

Result<void> raise_revision(sql::Session& session, Guard guard) {
  return done(session.execute("UPDATE guard_revisions SET revision = revision + 1 WHERE guard = $1",
                              {name_of(guard)}));
}

Result<std::int64_t> read_revision(sql::Session& session, Guard guard) {
  const auto rows = session.query("SELECT revision FROM guard_revisions WHERE guard = $1", {name_of(guard)});
  if (!rows) return fail(rows);
  if (rows->empty()) return fail(ErrorKind::Corrupt, "guard_revisions has lost a row");
  return (*rows)[0].integer(0);
}

}  // namespace picket::authd
