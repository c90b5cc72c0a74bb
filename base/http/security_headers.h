// The fields that tell a browser what a page of ours may do and who may embed it. Configured once, put on
// every response that does not carry its own. Immutable after loading; safe from any thread. Source: OWASP
// ASVS 5.0.0 V3.4, RFC 6797, CSP level 3.
#pragma once

#include <vector>

#include "base/config/reader.h"
#include "base/http/message.h"

namespace picket {

class SecurityHeaders {
 public:
  SecurityHeaders();  ///< the defaults: nothing from elsewhere, no frames, no scripts

  /// Adds each field that `response` does not have yet.
  void apply(Response& response) const;
  /// As "" in the configuration does.
  void leave_out(std::string_view name);
  const std::vector<Headers::Field>& fields() const { return fields_; }

 private:
  friend void read_yaml(MapReader& r, SecurityHeaders& headers);
  std::vector<Headers::Field> fields_;
};

/// A map with the keys strict_transport_security, content_security_policy, frame_options,
/// content_type_options, referrer_policy, permissions_policy, cross_origin_opener_policy,
/// cross_origin_embedder_policy, cross_origin_resource_policy and origin_agent_cluster; "" leaves a field
/// out.
void read_yaml(MapReader& r, SecurityHeaders& headers);

}  // namespace picket
