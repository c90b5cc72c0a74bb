// What of an event people see who have not said who they are: networks instead of addresses, the first letter
// of accounts. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/net/ip_address.h"
#include "exporters/security/events/security_event.h"

namespace picket::security {

/// The prefix that is left of an address: 24 for IPv4, 48 for IPv6.
int masked_prefix(const IpAddress& address);
/// Of an address or a network: "192.0.2.0/24", "2001:db8:1::/48"; what is neither as an account; "" stays.
std::string masked_address(std::string_view address);
/// "a…"; "" stays.
std::string masked_account(std::string_view account);
/// Every address in the text as masked_address(), also with percent signs, the account and everything that looks like an email
/// address as masked_account(). `account` may be "".
std::string masked_text(std::string_view text, std::string_view account);

/// Client, account, and both wherever the summary, the id and the details name them.
SecurityEvent masked(const SecurityEvent& event);

}  // namespace picket::security
