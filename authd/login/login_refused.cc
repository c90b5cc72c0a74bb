#include "authd/login/login_refused.h"

#include <algorithm>

#include "base/text/duration.h"

namespace picket::authd {

namespace {

Duration longest_wait(const GateAnswer& answer) {
  Duration wait{};
  for (const Standing& standing : answer.standings) wait = std::max(wait, standing.decision.retry_after);
  return wait;
}

}  // namespace

Duration wait_after(const GateAnswer& answer) {
  return std::chrono::ceil<std::chrono::minutes>(
      std::max<Duration>(std::chrono::minutes(1), longest_wait(answer)));
}

Error limited_error(const GateAnswer& answer) {
  if (answer.admission == Admission::Blocked)
    return {ErrorKind::Denied, "this network is blocked for a while"};
  return {ErrorKind::Limited,
          fmt::format("too many failures: try again in {}", format_duration(wait_after(answer))),
          longest_wait(answer)};
}

}  // namespace picket::authd
