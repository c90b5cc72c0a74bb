// Inhibition: a firing source alert mutes target alerts that share the `equal` labels. Source: alertmanager
// inhibit.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "alertd/routing/muter.h"
#include "alertd/routing/route_config.h"

namespace picket::alertd {

struct InhibitRule {
  std::string name;
  Matchers source, target;
  std::vector<std::string> equal;  ///< a missing label is an empty one
};
void read_yaml(MapReader& r, InhibitRule& c);

/// Over the alerts that fire at one moment. An alert that matches both sides is not muted by another such.
/// Sources are kept by the values of `equal`, so that asking costs a look-up for each rule.
class Inhibition final : public Muter {
 public:
  /// `rules` must outlive it; of `firing` the labels of sources are kept.
  Inhibition(const std::vector<InhibitRule>& rules, const std::vector<Alert>& firing);
  std::optional<MuteReason> mutes(const Alert& alert, Timestamp now) const override;

 private:
  /// Of the sources with the same values of `equal`, any will do.
  struct Sources {
    std::optional<Labels> source_only;  ///< does not match the target side
    std::optional<Labels> both;
  };
  using SourcesByValues = std::unordered_map<std::string, Sources>;

  const std::vector<InhibitRule>& rules_;
  std::vector<SourcesByValues> sources_;  // by rule
};

}  // namespace picket::alertd
