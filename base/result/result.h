// What every fallible call of the fleet answers. Expected events (input, network, disk, peer) are a Result;
// programmer mistakes are check(), which aborts. Built on tl::expected.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <source_location>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace picket {

enum class ErrorKind {
  InvalidInput,
  NotFound,
  Conflict,
  Denied,
  Limited,  ///< too many of them: later again
  Unavailable,
  Timeout,
  Corrupt,
  Internal
};

/// "invalid_input", "not_found", ...: fit for logs and label values.
std::string_view to_string(ErrorKind kind);

/// `message` is for a person: no secret, no stack, no trailing full stop.
struct Error {
  ErrorKind kind = ErrorKind::Internal;
  std::string message{};
  std::chrono::nanoseconds retry_after{};  ///< of Limited: until it is worth another try; zero: not known
};

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

using Failure = tl::unexpected<Error>;

inline Failure fail(Error error) {
  return Failure(std::move(error));
}
inline Failure fail(ErrorKind kind, std::string message) {
  return Failure(Error{kind, std::move(message)});
}

/// Passes the error of another call on: `if (!x) return fail(x);`
template <class T>
Failure fail(const Result<T>& result) {
  return Failure(result.error());
}

/// Passes it on with what was being done: "opening run/state.db: disk is full".
template <class T>
Failure fail(const Result<T>& result, std::string_view doing) {
  Error error = result.error();
  error.message = fmt::format("{}: {}", doing, error.message);
  return Failure(std::move(error));
}

/// Aborts with the place and the reason when `condition` is false. For mistakes of ours, never for bad input.
void check(bool condition, std::string_view reason,
           std::source_location where = std::source_location::current());

}  // namespace picket
