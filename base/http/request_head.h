// The strict look at a request head, before any lenient parser sees it. What two servers could read
// differently (request smuggling) is refused here. Pure; used by RequestParser and the fuzz target.
// Source: RFC 9112 sections 2.2, 3, 5, 6.3 and RFC 9110 section 5.
#pragma once

#include <string>
#include <string_view>

#include "base/result/result.h"

namespace picket {

inline constexpr std::size_t kMaxRequestFields = 128;

struct HeadScan {
  enum class State { More, Complete, BareLineFeed };
  State state = State::More;
  std::size_t size = 0;  ///< of the head with its empty line, when Complete
};
/// Looks for the end of the head; `from` is where the last look at the same bytes ended.
HeadScan scan_head(std::string_view bytes, std::size_t from);

/// `head` ends with its empty line. InvalidInput says what is wrong (400); Unavailable means an HTTP version
/// that is not served (505).
Result<void> check_request_head(std::string_view head);

/// "/path?query" of an origin-form or absolute-form target; "*" stays. InvalidInput on anything else.
Result<std::string> origin_form(std::string_view target);

/// The Host an absolute-form target names; "" for other forms.
std::string_view authority_of(std::string_view target);

}  // namespace picket
