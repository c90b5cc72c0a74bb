// An http or https URL in parts: as CurlClient takes it, so that a configuration can be checked before.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result/result.h"

namespace picket {

struct ClientUrl {
  std::string text;    ///< whole, without credentials and fragment
  std::string scheme;  ///< in lower case
  std::string host;    ///< name in ASCII (punycode) or address, without brackets
  std::uint16_t port = 0;
  std::string user, password;  ///< as they stood in the URL, decoded

  /// InvalidInput, saying nothing of what the URL holds. `schemes` is a list such as "http https".
  static Result<ClientUrl> parse(std::string_view url, std::string_view schemes = "http https");
  /// Where a Location header leads from here.
  Result<ClientUrl> follow(std::string_view location) const;
  /// "https://host:port", the default port left out: what an error may show.
  std::string origin() const;
  bool same_origin(const ClientUrl& other) const;
};

}  // namespace picket
