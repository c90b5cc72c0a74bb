// AWS Signature Version 4 for requests with a whole body and a normalised path. Pure; used by the SNS sender.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/config/secret.h"
#include "base/http/message.h"
#include "base/time/clock.h"

namespace picket {

struct SigV4Scope {
  std::string region;
  std::string service;
  std::string access_key_id;
  Secret secret_access_key;
};

struct SigV4Request {
  std::string method;                                      ///< "POST"
  std::string host;                                        ///< as the Host field says it, port included
  std::string path = "/";                                  ///< encoded as it is sent
  std::vector<std::pair<std::string, std::string>> query;  ///< decoded
  Headers headers;                                         ///< further fields that are signed
  std::string body;
};

/// The X-Amz-Date and Authorization fields to add to the request.
Headers sign_v4(const SigV4Request& request, const SigV4Scope& scope, WallTime now);

}  // namespace picket
