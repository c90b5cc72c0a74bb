// The clients with the largest sums of a stream, in bounded memory: a client that is not followed takes the
// place of the smallest, and its sum as a possible error. Whoever has more than 1/capacity of everything is
// in it. Source: Metwally et al., "Efficient computation of frequent and top-k elements" (2005).
#pragma once

#include <map>
#include <set>
#include <vector>

#include "base/json/json.h"
#include "exporters/security/signals/client_key.h"

namespace picket::security {

class SpaceSaving {
 public:
  static constexpr std::size_t kCapacity = 256;

  struct Sum {
    std::uint64_t count = 0;
    std::uint64_t error = 0;  ///< at most this much of it is others'
  };

  void add(const ClientKey& client, std::uint64_t weight);
  const std::map<ClientKey, Sum>& sums() const { return sums_; }
  /// What a client that is not in sums() may have at most.
  std::uint64_t unseen_max() const;
  void clear();

  nlohmann::json to_json() const;
  /// False, and unchanged, on anything that to_json() does not write.
  bool restore(const nlohmann::json& json);

 private:
  std::map<ClientKey, Sum> sums_;
  std::set<std::pair<std::uint64_t, ClientKey>> by_count_;
};

}  // namespace picket::security
