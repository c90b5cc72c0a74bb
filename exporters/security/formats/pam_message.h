// What PAM's modules and sudo say of tries to log in, in a syslog message. Pure.
#pragma once

#include <string_view>

#include "exporters/security/records/log_record.h"

namespace picket::security {

/// Makes a Login of sudo's line about wrong passwords, or about somebody who is not in sudoers; otherwise leaves `out`.
void take_sudo(std::string_view message, LogRecord& out);
/// Of a program that is neither sshd nor sudo (those tell of tries themselves): makes a Login of an authentication
/// failure, and an Account record (kLockAction) of pam_faillock's; otherwise leaves `out`.
void take_pam(std::string_view program, std::string_view message, LogRecord& out);

}  // namespace picket::security
