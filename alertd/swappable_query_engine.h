// The query engine in force: a reload may exchange it while queries run. Safe from any thread.
#pragma once

#include <memory>

#include "alertd/series/query_engine.h"
#include "base/exec/mutex.h"

namespace picket::alertd {

class SwappableQueryEngine final : public QueryEngine {
 public:
  void set(std::shared_ptr<QueryEngine> engine) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    engine_ = std::move(engine);
  }

  Result<Vector> instant(const Query& query, Timestamp time) override {
    std::shared_ptr<QueryEngine> engine;
    {
      const MutexLock lock(mutex_);
      engine = engine_;
    }
    check(engine != nullptr, "a query engine is set before the first query");
    return engine->instant(query, time);
  }

 private:
  Mutex mutex_;
  std::shared_ptr<QueryEngine> engine_ GUARDED_BY(mutex_);
};

}  // namespace picket::alertd
