// A transaction that has an answer. For the stores of this folder.
#pragma once

#include <optional>

#include "base/sql/database.h"

namespace picket::authd {

/// What `work` answered in the run that was committed; an error undoes all of it.
template <class Answer, class Work>
Result<Answer> in_transaction(sql::Database& database, const Work& work) {
  std::optional<Answer> kept;
  const Result<void> committed = database.transaction([&](sql::Session& session) -> Result<void> {
    Result<Answer> answer = work(session);
    if (!answer) return fail(answer);
    kept = std::move(*answer);
    return {};
  });
  if (!committed) return fail(committed);
  return std::move(*kept);
}

}  // namespace picket::authd
