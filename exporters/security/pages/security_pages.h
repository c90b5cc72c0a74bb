// GET /events and /posture. The page at / is overview_page(), through Service::front_page().
#pragma once

#include "base/http/router.h"
#include "base/web/layout.h"
#include "exporters/security/api/security_api.h"

namespace picket::security {

class SecurityPages {
 public:
  /// The frame for the page at a target.
  using Frame = std::function<web::Site(const Target& page)>;
  /// `clock` outlives this.
  SecurityPages(SecurityApiSources sources, const Clock& clock, Frame frame)
      : sources_(std::move(sources)), clock_(clock), frame_(std::move(frame)) {}

  /// The router's handlers use this: it outlives them.
  void add_routes(Router& router);

 private:
  Response events(const Request& request) const;

  const SecurityApiSources sources_;
  const Clock& clock_;
  const Frame frame_;
};

}  // namespace picket::security
