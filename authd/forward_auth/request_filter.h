// Attack patterns in the request that a proxy asks about: path, raw path and query, by base/detect. `detect`
// only reports, `block` is for the caller to refuse by. Immutable; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "authd/forward_auth/original_request.h"
#include "base/detect/detector.h"

namespace picket::authd {

enum class FilterMode : std::uint8_t { Off, Detect, Block };

class RequestFilter {
 public:
  RequestFilter(FilterMode mode, Detector detector) : mode_(mode), detector_(std::move(detector)) {}

  struct Finding {
    std::vector<AttackMatch> matches;  ///< each rule once; empty when nothing was found, and when it is off
    bool is_blocked = false;
    std::string
        where{};  ///< of the first match: "path", "parameter q", "name of a parameter", "query", "address"
  };
  Finding look_at(const OriginalRequest& request) const;
  /// Of a URL that could not be read as a request at all: what is scanned is then the text itself.
  Finding look_at_text(std::string_view text) const;

 private:
  Finding judged(Detector::Finding finding) const;

  FilterMode mode_;
  Detector detector_;
};

}  // namespace picket::authd
