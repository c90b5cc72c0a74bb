// The two ways in which a check of identity refuses: alike for every reason. For this folder. Pure.
#pragma once

#include "base/result/result.h"

namespace picket::authd {

inline Failure denied() {
  return fail(ErrorKind::Denied, "not believed");
}

/// The store, which must be asked, is away.
template <class T>
Failure away(const Result<T>& failed) {
  return fail(ErrorKind::Unavailable, failed.error().message);
}

}  // namespace picket::authd
