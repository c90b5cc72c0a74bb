// Logins that are ended and devices that are forgotten: by the API, by a page, by RFC 7009 or because a
// refresh token was used twice. Each is written into the audit log. What has ended stays so when that fails;
// then the failure is the answer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "authd/http/visit.h"

namespace picket::authd {

struct Ending {
  std::string session_id{};
  std::string owner_id{};
  std::string_view reason = "logout";  ///< or "admin", "revoked", "reauthenticated", "replaced"
};
/// False when it had ended before.
Result<bool> end_session(const HttpParts& parts, const Visit& visit, const Ending& ending);
/// The session whose cookie a login takes the place of in this browser: nobody could log out of it any more.
Result<void> end_replaced(const HttpParts& parts, const Visit& visit);
/// By a refresh token that is or was one of the login. False when it is unknown.
Result<bool> end_by_refresh(const HttpParts& parts, const Visit& visit, std::string_view token,
                            std::string_view reason);
/// All that whoever asks was ever granted.
Result<void> end_everything(const HttpParts& parts, const Visit& visit);
/// After RefreshVerdict::Reuse, which is over for the thief and for the person alike: the audit log tells
/// why, and a mail tells the person.
void tell_of_reuse(const HttpParts& parts, const Visit& visit, const RefreshAnswer& answer);
/// How many API keys of whoever asks go on after it: the answer says so.
Result<std::int64_t> keys_that_stay(const HttpParts& parts, const Visit& visit);
/// One of his who asks. False when there is none of that id.
Result<bool> forget_device(const HttpParts& parts, const Visit& visit, const std::string& device_id);

}  // namespace picket::authd
