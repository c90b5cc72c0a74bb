#include "authd/passwords/kdf_ticket.h"

namespace picket::authd {

std::string_view to_string(KdfRejection reason) {
  switch (reason) {
    case KdfRejection::QueueFull:
      return "queue_full";
    case KdfRejection::KeyShare:
      return "key_share";
    case KdfRejection::Expired:
      return "expired";
    case KdfRejection::CallerGone:
      return "caller_gone";
    case KdfRejection::Stopping:
      break;
  }
  return "stopping";
}

Error KdfRefusal::to_error() const {
  switch (reason) {
    case KdfRejection::QueueFull:
    case KdfRejection::KeyShare:
      return {ErrorKind::Unavailable,
              fmt::format("too many passwords are being checked: try again in {} s", retry_after.count())};
    case KdfRejection::Expired:
      return {ErrorKind::Timeout, "the password was not checked in time"};
    case KdfRejection::CallerGone:
      return {ErrorKind::Unavailable, "the caller has gone"};
    case KdfRejection::Stopping:
      break;
  }
  return {ErrorKind::Unavailable, "the service is stopping"};
}

}  // namespace picket::authd
