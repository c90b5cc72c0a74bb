// Why a probe failed: the `reason` label of health_check_probe_failures_total. The list is closed, so that
// every counter can start at 0.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace picket::health {

enum class FailureReason : std::uint8_t {
  None,      ///< it did not fail
  Resolve,   ///< no address for the name
  Connect,   ///< refused, unreachable, reset before anything was said
  Tls,       ///< the handshake broke (not: the certificate is bad)
  Timeout,   ///< the deadline passed, whatever was under way
  Status,    ///< an answer with a status that is not wanted (HTTP code, SMTP code, DNS rcode)
  Content,   ///< an answer whose content is not wanted (body, JSON, records, query result)
  Cert,      ///< the certificate does not verify, is expired or about to expire
  Auth,      ///< credentials are missing or refused
  Protocol,  ///< the peer does not speak the protocol, or speaks too much of it
  Policy,    ///< the target policy forbids the address
  Internal,  ///< a fault of ours (no memory, no file descriptor, no privilege)
};

inline constexpr std::size_t kFailureReasonCount = 12;  ///< with None
inline constexpr std::array<std::string_view, kFailureReasonCount> kFailureReasonNames = {
    "",        "resolve", "connect", "tls",      "timeout", "status",
    "content", "cert",    "auth",    "protocol", "policy",  "internal"};

constexpr std::string_view to_string(FailureReason reason) {
  return kFailureReasonNames[static_cast<std::size_t>(reason)];
}

}  // namespace picket::health
