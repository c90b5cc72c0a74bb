// Writes what an import file holds into the store: all of it or nothing, unless bad ones may be left out.
// Used by `authctl import`. One thread.
#pragma once

#include <functional>

#include "authd/accounts/account_store.h"
#include "authd/accounts/ids.h"
#include "authd/import/import_file.h"

namespace picket::authd {

struct ImportOptions {
  bool dry_run = false;   ///< look only
  bool skip_bad = false;  ///< write the others
};

struct ImportReport {
  std::vector<ImportProblem> problems{};  ///< of the file, and names that are taken; by line
  std::size_t good = 0;                   ///< users without a problem
  std::size_t written = 0;
};

struct ImportParts {  ///< all must outlive the call
  AccountStore& accounts;
  Ids& ids;
  const Clock& clock;
  /// Called for each user that was written; an error ends the import.
  std::function<Result<void>(const User&)> on_written;
};

/// An error is the store's; `problems` are the file's.
Result<ImportReport> import_users(const ImportFile& file, const ImportOptions& options,
                                  const ImportParts& parts);

}  // namespace picket::authd
