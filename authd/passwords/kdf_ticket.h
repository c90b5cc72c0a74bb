// What a caller of the KDF pool says about its work, and what it hears when the work is not done.
#pragma once

#include <array>
#include <stop_token>
#include <string>
#include <string_view>

#include "authd/passwords/hash_params.h"
#include "base/time/clock.h"

namespace picket::authd {

struct KdfTicket {
  std::string share_key{};                            ///< whose share of the queue: the address prefix
  bool known_device = false;                          ///< may use the reserved part of the queue
  HashAlgorithm algorithm = HashAlgorithm::Argon2id;  ///< label of the duration
  Deadline deadline{};                                ///< not begun after it
  std::stop_token caller_gone{};                      ///< not begun once a stop was asked for
};

enum class KdfRejection { QueueFull, KeyShare, Expired, CallerGone, Stopping };
inline constexpr std::array kKdfRejections{KdfRejection::QueueFull, KdfRejection::KeyShare,
                                           KdfRejection::Expired, KdfRejection::CallerGone,
                                           KdfRejection::Stopping};
std::string_view to_string(KdfRejection reason);  ///< "queue_full", ...: label values

struct KdfRefusal {
  KdfRejection reason = KdfRejection::QueueFull;
  std::chrono::seconds retry_after{1};  ///< at least 1: for the Retry-After header

  /// Unavailable (Timeout for Expired).
  Error to_error() const;
};

}  // namespace picket::authd
