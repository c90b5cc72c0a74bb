// A transaction's session that remembers its first failure and answers it from then on: SQLite would go on
// after a failed statement, PostgreSQL does not, and stores are to behave the same on both.
#pragma once

#include <optional>

#include "base/sql/database.h"

namespace picket::sql {

class DoomedSession final : public Session {
 public:
  explicit DoomedSession(Session& inner) : inner_(inner) {}

  Result<Rows> query(std::string_view sql, const Params& params) override {
    if (error_) return fail(*error_);
    return remember(inner_.query(sql, params));
  }
  Result<std::int64_t> execute(std::string_view sql, const Params& params) override {
    if (error_) return fail(*error_);
    return remember(inner_.execute(sql, params));
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  template <class T>
  Result<T> remember(Result<T> result) {
    if (!result) error_ = result.error();
    return result;
  }

  Session& inner_;
  std::optional<Error> error_;
};

}  // namespace picket::sql
