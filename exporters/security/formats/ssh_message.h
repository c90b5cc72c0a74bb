// What sshd says of one try to log in. Names that clients send stand in the middle of its messages and may hold
// anything, so that the address is read from the end. Source: openssh-portable auth.c, packet.c. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "exporters/security/records/log_record.h"

namespace picket::security {

enum class SshEvent : std::uint8_t {
  None,  ///< of no interest
  Accepted,
  Failed,       ///< a try of a method
  FailedByPam,  ///< PAM's word of a try that Failed may tell again
  Closed,       ///< the connection ended before anybody was logged in
  Limited       ///< too many tries, or too many connections
};

struct SshMessage {
  SshEvent event = SshEvent::None;
  std::string_view method{};  ///< "password", "publickey", "keyboard-interactive/pam"
  std::string_view account{};
  std::string_view address{};  ///< "" when it cannot be told
  std::string_view limit{};    ///< of Limited
  bool is_unknown = false;     ///< no such account
};

SshMessage read_ssh_message(std::string_view message);

}  // namespace picket::security
