// Which integration of a new configuration a stored one has become. Messages that wait and what targets know
// are stored under an id that an integration keeps for as long as it has a counterpart: the same content
// wherever it stands, then the same receiver, kind and order (a rotated token or URL), then, when its
// receiver is gone, the same content in another receiver (it was renamed).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "alertd/notify/notifier.h"

namespace picket::alertd {

struct KnownIntegration {
  std::string id, receiver, name, content_key;
  bool operator==(const KnownIntegration&) const = default;
};

using Receivers = std::map<std::string, std::vector<Integration>>;

/// Sets every Integration::id; answers what is to be stored. `known` is what was stored last; when it is
/// empty ids are "receiver/email[0]", as in databases from before ids were kept.
std::vector<KnownIntegration> assign_ids(const std::vector<KnownIntegration>& known, Receivers& receivers);

}  // namespace picket::alertd
