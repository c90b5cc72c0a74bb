// Where a login page may send the browser afterwards: origins that the configuration lists, and nothing that
// a browser could read as another place. Immutable; safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authd/forward_auth/authority.h"
#include "base/config/reader.h"

namespace picket::authd {

class RedirectTargets {
 public:
  /// Entries are "https://app.example.org", with ":8443" where the port is not the usual one, or
  /// "https://*.example.org" for every name below example.org. InvalidInput otherwise.
  static Result<RedirectTargets> parse(const std::vector<std::string>& entries);

  /// The URL on its canonical origin when that origin is listed; nothing for everything else, relative URLs
  /// too.
  std::optional<std::string> safe(std::string_view rd) const;

 private:
  struct Entry {
    Authority authority;
    bool is_parent = false;  ///< any name below the host, not the host itself
  };
  static bool matches(const Entry& entry, const Authority& authority);

  std::vector<Entry> entries_;
};

bool read_value(const ValueReader& r, RedirectTargets& targets);

}  // namespace picket::authd
