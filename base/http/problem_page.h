// Problems (RFC 9457) are JSON for programs and pages for whoever looks at them in a browser. Handlers answer
// problems; the server shows them, as the request's Accept asks. How a page looks is not known here.
#pragma once

#include <functional>
#include <string>

#include "base/http/message.h"

namespace picket {

struct Problem {
  int status = 500;
  std::string title;
  std::string detail;  ///< "": nothing more to say
  Headers headers;     ///< of the answer: Retry-After, Allow
};

/// Makes the page of a problem. Its status and fields count; the problem's other fields are kept. Takes
/// microseconds, called from any thread.
using ProblemPage = std::function<Response(const Target&, const Problem&)>;

/// How the problems of one request are shown. Safe from any thread.
class ProblemView {
 public:
  /// As they are.
  ProblemView() = default;
  /// `page` may be empty (then as they are), and outlives this.
  ProblemView(const ProblemPage& page, const Request& request);

  /// What is no problem passes unchanged. A problem becomes a page for a browser; either way `Vary` says that
  /// it hangs on Accept.
  Response shown(Response response) const;

 private:
  const ProblemPage* page_ = nullptr;
  bool is_browser_ = false;
  Target target_;  ///< when it is a browser
};

}  // namespace picket
