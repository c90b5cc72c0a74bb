#include "authd/store/sql_link_store.h"

#include "authd/store/columns.h"
#include "authd/store/link_rows.h"

namespace picket::authd {
namespace {

constexpr std::string_view kLinkColumns = "hash, kind, user_id, email, role, created_at, expires_at, used_at";

Result<LinkKind> parse_kind(std::string_view text) {
  for (const LinkKind kind :
       {LinkKind::Invite, LinkKind::PasswordReset, LinkKind::VerifyEmail, LinkKind::FirstOwner}) {
    if (text == to_string(kind)) return kind;
  }
  return fail(ErrorKind::Corrupt, "a link has no kind");
}

Result<Link> read_link(const sql::Row& row) {
  const auto kind = parse_kind(row.text(1));
  if (!kind) return fail(kind);
  Link link;
  link.hash = row.text(0);
  link.kind = *kind;
  link.user_id = row.text(2);
  link.email = row.text(3);
  link.role = row.text(4);
  link.created_at = time_at(row, 5);
  link.expires_at = time_at(row, 6);
  link.used_at = time_at(row, 7);
  return link;
}

}  // namespace

Result<void> SqlLinkStore::add(const Link& l) {
  return done(database_.execute(
      fmt::format("INSERT INTO links ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", kLinkColumns),
      {l.hash, text(to_string(l.kind)), l.user_id, l.email, l.role, millis(l.created_at),
       millis(l.expires_at), millis(l.used_at)}));
}

Result<std::optional<Link>> SqlLinkStore::find(const std::string& hash) {
  return first_of<Link>(
      database_.query(fmt::format("SELECT {} FROM links WHERE hash = $1", kLinkColumns), {hash}), read_link);
}

Result<std::int64_t> SqlLinkStore::revoke_all(const std::string& user_id, LinkKind kind, WallTime now) {
  return revoke_links(database_, user_id, kind, now);
}

Result<std::int64_t> SqlLinkStore::prune(WallTime before) {
  return database_.execute("DELETE FROM links WHERE expires_at < $1", {millis(before)});
}

}  // namespace picket::authd
