#include "exporters/health/probe/probe_result.h"

namespace picket::health {

FailureReason reason_of(const Error& error, FailureReason otherwise) {
  switch (error.kind) {
    case ErrorKind::Denied:
      return FailureReason::Policy;
    case ErrorKind::Timeout:
      return FailureReason::Timeout;
    case ErrorKind::NotFound:
      return FailureReason::Resolve;
    default:
      return otherwise;
  }
}

}  // namespace picket::health
