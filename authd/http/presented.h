// Which of its fields a request is judged by. Applications use Authorization and X-API-Key for their own
// credentials too: those are recognised by their form and do not get in the way of a session. Used by Front
// and forward-auth. Pure.
#pragma once

#include <optional>
#include <string>

#include "authd/http/cookies.h"
#include "authd/sessions/identity.h"
#include "authd/tokens/key_ring.h"

namespace picket::authd {

struct Presented {
  Via via = Via::AccessToken;
  std::string text;
};

/// An API key of ours (by its prefix) or a token of ours (by the key it names) is judged alone, also when it
/// is expired or wrong. Credentials of another form are ignored when there is a session cookie. Nothing when
/// the request brings no credentials.
std::optional<Presented> presented_in(const Request& request, const BrowserConfig& config,
                                      const KeyRing& ring);

}  // namespace picket::authd
