// Inhibition: a firing source alert mutes target alerts that share the `equal` labels. Source: alertmanager
// inhibit.
#pragma once

#include <string>
#include <vector>

#include "alertd/alerts/muter.h"
#include "alertd/routing/route_config.h"

namespace picket::alertd {

struct InhibitRule {
  std::string name;
  Matchers source, target;
  std::vector<std::string> equal;  ///< a missing label is an empty one
};
void read_yaml(MapReader& r, InhibitRule& c);

/// Over the alerts that fire at one moment: make one per flush. An alert that matches both sides is not muted
/// by another such.
class Inhibition final : public Muter {
 public:
  /// `rules` must outlive it; `firing` is copied as far as it matches a source.
  Inhibition(const std::vector<InhibitRule>& rules, const std::vector<Alert>& firing);
  std::optional<MuteReason> mutes(const Alert& alert, Timestamp now) const override;

 private:
  const std::vector<InhibitRule>& rules_;
  std::vector<std::vector<Labels>> sources_;  // by rule
};

}  // namespace picket::alertd
