#include "base/result/result.h"

#include <cstdio>
#include <cstdlib>

namespace picket {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::InvalidInput:
      return "invalid_input";
    case ErrorKind::NotFound:
      return "not_found";
    case ErrorKind::Conflict:
      return "conflict";
    case ErrorKind::Denied:
      return "denied";
    case ErrorKind::Limited:
      return "limited";
    case ErrorKind::Unavailable:
      return "unavailable";
    case ErrorKind::Timeout:
      return "timeout";
    case ErrorKind::Corrupt:
      return "corrupt";
    case ErrorKind::Internal:
      return "internal";
  }
  return "internal";
}

void check(bool condition, std::string_view reason, std::source_location where) {
  if (condition) return;
  fmt::print(stderr, "{}:{}: check failed: {}\n", where.file_name(), where.line(), reason);
  std::abort();
}

}  // namespace picket
