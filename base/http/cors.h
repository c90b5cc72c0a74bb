// Cross-origin requests of scripts, for the origins that the configuration lists and no other: the preflight
// and the fields of the real answer. Pure; safe from any thread. Source: Fetch (WHATWG), section 3.2.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/config/reader.h"
#include "base/http/message.h"

namespace picket {

struct Cors {
  std::vector<std::string> origins;  ///< exact: "https://app.example.org"; none: no cross-origin request
  std::vector<std::string> methods{"GET", "POST"};
  std::vector<std::string> headers{"Authorization", "Content-Type"};  ///< what scripts may send
  std::vector<std::string> exposed;                                   ///< what scripts may read
  bool credentials = false;                                           ///< cookies too
  Duration max_age = std::chrono::minutes(10);

  /// The answer to a preflight; nothing when `request` is none (OPTIONS with Origin and
  /// Access-Control-Request-Method). A refused one gets 204 without the fields that would allow it.
  std::optional<Response> preflight(const Request& request) const;
  /// What the answer to any other request needs. Vary: Origin is there for strangers too, or a cache would
  /// give one the answer of another.
  void apply(const Request& request, Response& response) const;
};
void read_yaml(MapReader& r, Cors& cors);

}  // namespace picket
