#include "authd/import/importer.h"

#include <algorithm>

namespace picket::authd {
namespace {

/// "" when neither the name nor the address is taken.
Result<std::string> conflict_of(AccountStore& accounts, const User& user) {
  for (const std::string& key : {user.username_key, user.email_key}) {
    const auto taken = accounts.find_by_key(key);
    if (!taken) return fail(taken);
    if (*taken) return fmt::format("\"{}\" is taken by {} ({})", key, (*taken)->username, (*taken)->id);
  }
  return std::string();
}

Result<std::vector<ImportedUser>> without_conflicts(const ImportFile& file, AccountStore& accounts,
                                                    ImportReport& report) {
  std::vector<ImportedUser> good;
  for (const ImportedUser& imported : file.users) {
    const auto conflict = conflict_of(accounts, imported.user);
    if (!conflict) return fail(conflict);
    if (conflict->empty()) {
      good.push_back(imported);
    } else {
      report.problems.push_back({imported.line, imported.user.username + ": " + *conflict});
    }
  }
  return good;
}

/// A name that somebody took meanwhile is a problem, not an error.
Result<void> write_one(const ImportedUser& imported, const ImportParts& parts, ImportReport& report) {
  User user = imported.user;
  user.id = parts.ids.next();
  user.created_at = parts.clock.wall();
  if (!user.password_hash.empty()) user.password_changed_at = user.created_at;
  const auto created = parts.accounts.create(user);
  if (!created && created.error().kind == ErrorKind::Conflict) {
    report.problems.push_back({imported.line, user.username + ": " + created.error().message});
    return {};
  }
  if (!created) return fail(created);
  ++report.written;
  return parts.on_written ? parts.on_written(user) : Result<void>();
}

}  // namespace

Result<ImportReport> import_users(const ImportFile& file, const ImportOptions& options,
                                  const ImportParts& parts) {
  ImportReport report;
  report.problems = file.problems;
  const auto good = without_conflicts(file, parts.accounts, report);
  if (!good) return fail(good);
  report.good = good->size();
  std::ranges::stable_sort(report.problems, {}, &ImportProblem::line);
  if (options.dry_run || (!report.problems.empty() && !options.skip_bad)) return report;
  for (const ImportedUser& imported : *good) {
    if (const auto written = write_one(imported, parts, report); !written) {
      return fail(written, fmt::format("after {} of {} users", report.written, report.good));
    }
  }
  return report;
}

}  // namespace picket::authd
