// Everything that alertd.yml leads to, read and compiled: rules, templates, receivers. Made whole or not at
// all.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "alertd/config/alertd_config.h"
#include "alertd/dispatch/dispatch_config.h"
#include "base/crypto/random.h"

namespace picket::alertd {

/// What receivers need to work; all of it outlives them.
struct ReceiverServices {
  HttpClient& client;
  Resolver& resolver;
  const Clock& clock;
  Random& random;
};

struct LoadedConfig {
  AlertdConfig config;
  LoadedRules rules;
  std::vector<std::string> template_files;  ///< that `templates` matches
  /// What is loaded and does not do what its author may think: to be logged.
  std::vector<std::string> warnings;
  /// Compiles templates and makes the notifiers. Problems carry file and position.
  Result<std::shared_ptr<const DispatchConfig>> dispatch(const std::string& file, const Files& files,
                                                         const std::string& external_url,
                                                         const ReceiverServices& services) const;
};

/// Reads alertd.yml and the rule files it names. The error holds every problem of whichever comes first: the
/// file, then the rules.
Result<LoadedConfig> load_alertd(const std::string& file, const Files& files);

}  // namespace picket::alertd
