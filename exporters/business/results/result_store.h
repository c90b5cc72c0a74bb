// The last good results in a database (SQLite in --storage.path, or --storage.dsn), so that a restart shows
// them with their true age. Writes go in the background, the newest of each query; a store that does not open
// or write is tried again and never delays a query or a scrape. A damaged SQLite file is set aside and begun
// anew. Safe from any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "base/daemon/folder_lock.h"
#include "base/daemon/service.h"
#include "base/sql/database.h"

namespace picket::business {

struct StoredResult {
  std::string query{};
  std::string fingerprint{};  ///< QueryConfig::fingerprint()
  WallTime taken_at{};
  std::string body{};  ///< encode_result()
};

class ResultStore {
 public:
  static constexpr Duration kRetryInterval = std::chrono::seconds(5);

  explicit ResultStore(DaemonContext& context);
  /// Writes what waits once more.
  ~ResultStore();
  ResultStore(const ResultStore&) = delete;
  ResultStore& operator=(const ResultStore&) = delete;

  /// Opens the database; NotFound for results is no error. When it fails, writes try again.
  Result<std::vector<StoredResult>> load();
  void save(StoredResult result);
  /// Why the store takes nothing; "" when it does.
  std::string trouble() const;

 private:
  Result<sql::Database*> opened() REQUIRES(opening_);
  Result<void> prepare(const sql::Dsn& dsn) REQUIRES(opening_);
  /// The next opened() sets the file aside when it is damaged.
  void note_damage(const Error& error) REQUIRES(opening_);
  void flush();
  Result<void> write(const std::map<std::string, StoredResult>& results);
  void note(const Result<void>& written, std::map<std::string, StoredResult> results);

  DaemonContext& context_;
  prometheus::Gauge& last_write_;
  prometheus::Family<prometheus::Counter>& failures_;

  Mutex opening_;  ///< held while the database opens or writes
  FolderLock folder_ GUARDED_BY(opening_);
  std::unique_ptr<sql::Database> database_ GUARDED_BY(opening_);
  bool damaged_ GUARDED_BY(opening_) = false;

  mutable Mutex mutex_;
  std::map<std::string, StoredResult> waiting_ GUARDED_BY(mutex_);  ///< by query: the newest
  bool flush_queued_ GUARDED_BY(mutex_) = false;
  std::string trouble_ GUARDED_BY(mutex_);

  TimerId timer_{};
  std::unique_ptr<WorkerPool> worker_;  // last: it uses the rest
};

}  // namespace picket::business
