#include "authd/login/login_refused.h"

#include "base/text/duration.h"

namespace picket::authd {

Duration wait_after(const GateAnswer& answer) {
  Duration wait = std::chrono::minutes(1);
  for (const Standing& standing : answer.standings) wait = std::max(wait, standing.decision.retry_after);
  return std::chrono::ceil<std::chrono::minutes>(wait);
}

Error limited_error(const GateAnswer& answer) {
  if (answer.admission == Admission::Blocked)
    return {ErrorKind::Denied, "this network is blocked for a while"};
  return {ErrorKind::Limited,
          fmt::format("too many failures: try again in {}", format_duration(wait_after(answer)))};
}

}  // namespace picket::authd
