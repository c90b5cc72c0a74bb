// Personal fields for eyes that may know that there is one, not what it is. Pure.
#pragma once

#include <string>
#include <string_view>

namespace picket::authd {

/// "alice@example.org" is "a***@e***.org": the length says nothing. "" stays "".
std::string mask_email(std::string_view email);
/// "+14155550100" is "+1******00". Short ones show nothing: "******".
std::string mask_phone(std::string_view phone);

/// Text that a mask may have made: it is never taken for a value.
bool looks_masked(std::string_view text);

}  // namespace picket::authd
