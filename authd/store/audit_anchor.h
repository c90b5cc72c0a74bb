// The end of the audit log as this replica last saw it, in a file outside the database and signed with the
// audit key: whoever empties or cuts the tables does not take it along. It is written after the rows that it
// tells of and may lag behind them, never lead. Not to be mixed up with MarkKind::Anchor, the place in the
// database where retention cut the log's beginning off. compare() is safe from any thread; the rest is for
// one at a time.
#pragma once

#include <optional>
#include <string>

#include "authd/audit/chain.h"
#include "base/files/files.h"
#include "base/sql/database.h"

namespace picket::authd {

class AuditAnchor {
 public:
  /// STORAGE/audit.anchor. `files` must outlive it.
  AuditAnchor(Files& files, const std::string& storage_path, Secret key);

  /// What the log lacks of what the file has seen; also a file that was changed. Nothing without a file.
  Result<std::optional<AuditBreak>> compare(sql::Session& session) const;
  /// Moves the file to the log's end, or makes it. Corrupt, and unmoved, when compare() finds something.
  Result<void> advance(sql::Session& session);
  /// The log's end is what counts from now on, whatever the file has seen: after a restore.
  Result<void> accept(sql::Session& session);

  const std::string& path() const { return path_; }

 private:
  struct Ends {
    AuditMark dropped{}, head{}, row{};  ///< seq 0 when it is not there; `row` is the one that was seen
  };
  /// Nothing when there is no file.
  Result<std::optional<AuditMark>> read() const;
  Result<Ends> ends_of(sql::Session& session, std::int64_t seen) const;
  std::optional<AuditBreak> missing_in(const Ends& ends, const AuditMark& seen) const;
  Result<void> write(const AuditMark& end);

  Files& files_;
  const std::string path_;
  const Secret key_;
};

/// For people: what was lost, and how to go on.
std::string anchor_complaint(const AuditBreak& lost, const std::string& path);

}  // namespace picket::authd
