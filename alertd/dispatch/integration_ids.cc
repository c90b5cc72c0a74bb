#include "alertd/dispatch/integration_ids.h"

#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>

namespace picket::alertd {
namespace {

/// One integration of the new configuration.
struct Place {
  const std::string& receiver;
  Integration& integration;
};

class IdAssigner {
 public:
  IdAssigner(const std::vector<KnownIntegration>& known, Receivers& receivers) : receivers_(receivers) {
    for (const KnownIntegration& integration : known) left_.push_back(&integration);
    for (auto& [receiver, integrations] : receivers) {
      for (Integration& integration : integrations) {
        integration.id.clear();
        places_.push_back({receiver, integration});
      }
    }
  }

  std::vector<KnownIntegration> assign() {
    // The same content at the same place first: of two alike, neither moves.
    take([](const KnownIntegration& old, const Place& place) {
      return same_receiver(old, place) && same_content(old, place) && old.name == place.integration.name;
    });
    take([](const KnownIntegration& old, const Place& place) {
      return same_receiver(old, place) && same_content(old, place);
    });
    take([](const KnownIntegration& old, const Place& place) {
      return same_receiver(old, place) &&
             integration_kind(old.name) == integration_kind(place.integration.name);
    });
    take([this](const KnownIntegration& old, const Place& place) {
      return !receivers_.contains(old.receiver) && same_content(old, place);
    });
    std::vector<KnownIntegration> result;
    for (Place& place : places_) {
      if (place.integration.id.empty()) place.integration.id = unused_id(place);
      result.push_back({.id = place.integration.id,
                        .receiver = place.receiver,
                        .name = place.integration.name,
                        .content_key = place.integration.content_key});
    }
    return result;
  }

 private:
  using Same = std::function<bool(const KnownIntegration&, const Place&)>;

  static bool same_receiver(const KnownIntegration& old, const Place& place) {
    return old.receiver == place.receiver;
  }
  static bool same_content(const KnownIntegration& old, const Place& place) {
    return old.content_key == place.integration.content_key &&
           integration_kind(old.name) == integration_kind(place.integration.name);
  }

  /// Gives ids of old integrations to new ones that are the same, in order.
  void take(const Same& same) {
    for (Place& place : places_) {
      if (!place.integration.id.empty()) continue;
      const auto old =
          std::ranges::find_if(left_, [&](const KnownIntegration* known) { return same(*known, place); });
      if (old == left_.end()) continue;
      place.integration.id = (*old)->id;
      used_.insert((*old)->id);
      left_.erase(old);
    }
  }

  /// Never that of an integration that has gone: its messages are not the new one's.
  std::string unused_id(const Place& place) {
    for (const KnownIntegration* gone : left_) used_.insert(gone->id);
    std::string id = fmt::format("{}/{}", place.receiver, place.integration.name);
    for (int n = 2; used_.contains(id); ++n)
      id = fmt::format("{}/{}~{}", place.receiver, place.integration.name, n);
    used_.insert(id);
    return id;
  }

  Receivers& receivers_;
  std::vector<const KnownIntegration*> left_;
  std::vector<Place> places_;
  std::set<std::string> used_;
};

}  // namespace

std::vector<KnownIntegration> assign_ids(const std::vector<KnownIntegration>& known, Receivers& receivers) {
  return IdAssigner(known, receivers).assign();
}

}  // namespace picket::alertd
