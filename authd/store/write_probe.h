// Whether the database can be written: a database on a full disk, or one that was made read-only, answers
// every question and refuses every login. A row of its own is written every few seconds. Safe from any
// thread.
#pragma once

#include <string>

#include "base/exec/mutex.h"
#include "base/sql/database.h"
#include "base/time/clock.h"

namespace picket::authd {

class WriteProbe {
 public:
  /// Both must outlive it.
  WriteProbe(sql::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  /// Writes. Called by the scheduler, on a pool.
  Result<void> run() EXCLUDES(mutex_);
  /// "" when the latest writing succeeded; why it did not, for people.
  std::string failure() const EXCLUDES(mutex_);

 private:
  sql::Database& database_;
  const Clock& clock_;
  mutable Mutex mutex_;
  std::string failure_ GUARDED_BY(mutex_);
};

}  // namespace picket::authd
