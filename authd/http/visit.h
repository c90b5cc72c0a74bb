// One request on its way through the API: who asks, and for whom. Made by Front, handed to every action.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "authd/address/client_address.h"
#include "authd/browser/same_origin.h"
#include "authd/forward_auth/forward_auth_config.h"
#include "authd/http/cookies.h"
#include "authd/http/http_parts.h"
#include "authd/sessions/identity.h"
#include "base/http/cors.h"
#include "base/http/security_headers.h"

namespace picket::authd {

/// Configuration that requests are met with; swapped whole at reload.
struct FrontConfig {
  std::string site = "Picket";  ///< the operator's name for it, on pages
  std::string public_url{};     ///< without a slash at its end
  std::string issuer{};         ///< of tokens
  TrustedProxies proxies{};
  BrowserConfig browser{};
  std::shared_ptr<const ForwardAuthConfig> forward_auth{};
  std::shared_ptr<const RequestFilter> filter{};
  RedirectTargets own{};      ///< our own origin
  SecurityHeaders headers{};  ///< of every answer that does not say it itself
  Cors cors{};                ///< for scripts of other origins, on everything but pages
  Duration fresh_for{};       ///< how long a proof of the person is fresh

  /// An owner from elsewhere than his networks: to be refused whatever he asks for.
  bool keeps_out(const Identity& who, const Client& client) const {
    return forward_auth->access.owners.keep_out(who.role, client.address);
  }
  /// Where a browser may be sent after a login: a path of ours or an allowed origin, else nothing.
  std::optional<std::string> safe_redirect(const std::string& asked) const;
};

struct Visit {
  const Request& request;
  std::shared_ptr<const FrontConfig> config;
  Client client{};
  std::optional<Identity> identity{};  ///< nobody: a stranger
  std::string csrf{};                  ///< what his forms must bring, when a cookie said who he is

  /// Of an action whose route does not admit strangers.
  const Identity& who() const { return *identity; }
  Actor actor() const { return actor_of(who()); }
  LoginContext login_context(SessionMode mode) const {
    return {.client = client,
            .mode = mode,
            .is_same_origin = authd::is_same_origin(request, config->browser.origins),
            .deadline = request.deadline,
            .gone = {}};
  }
};

using Action = std::function<Response(const HttpParts&, Visit&)>;

}  // namespace picket::authd
