// The queries of one evaluation's templates together take no longer than one query may: with an engine that
// hangs, an alert with `query` in its annotations would otherwise hold its group up once per alert. For one
// thread.
#pragma once

#include <algorithm>

#include "alertd/series/query_engine.h"
#include "base/time/clock.h"

namespace picket::alertd {

class QueryBudget final : public QueryEngine {
 public:
  QueryBudget(QueryEngine& engine, const Clock& clock, Duration budget)
      : engine_(engine), clock_(clock), left_(budget) {}

  Result<Vector> instant(const Query& query, Timestamp time) override {
    if (left_ <= Duration::zero()) {
      return fail(ErrorKind::Timeout, "the queries of this evaluation's templates have used up their time");
    }
    Query limited = query;
    limited.timeout = query.timeout > Duration::zero() ? std::min(query.timeout, left_) : left_;
    const MonoTime began = clock_.mono();
    auto vector = engine_.instant(limited, time);
    left_ -= clock_.mono() - began;
    return vector;
  }

 private:
  QueryEngine& engine_;
  const Clock& clock_;
  Duration left_;
};

}  // namespace picket::alertd
