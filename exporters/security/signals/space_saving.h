// The clients with the largest sums of a stream, in bounded memory: a client that is not followed takes the
// place of the smallest, and its sum as a possible error. Whoever has more than 1/capacity of everything is
// in it. Source: Metwally et al., "Efficient computation of frequent and top-k elements" (2005).
#pragma once

#include <cstring>
#include <unordered_map>
#include <vector>

#include "base/json/json.h"
#include "exporters/security/signals/client_key.h"

namespace picket::security {

class SpaceSaving {
 public:
  static constexpr std::size_t kCapacity = 256;

  struct Sum {
    ClientKey client{};
    std::uint64_t count = 0;
    std::uint64_t error = 0;  ///< at most this much of it is others'
  };

  void add(const ClientKey& client, std::uint64_t weight);
  /// In any order.
  const std::vector<Sum>& sums() const { return sums_; }
  /// Null: it is not followed.
  const Sum* find(const ClientKey& client) const;
  /// What a client that is not in sums() may have at most.
  std::uint64_t unseen_max() const;
  void clear() { *this = {}; }

  nlohmann::json to_json() const;
  /// False, and unchanged, on anything that to_json() does not write.
  bool restore(const nlohmann::json& json);

 private:
  using Place = std::uint16_t;  ///< in sums_
  /// Of few entries: a quick one is enough.
  struct Hash {
    std::size_t operator()(const ClientKey& client) const noexcept {
      std::uint64_t network = 0;  // the first 64 bits: a v4 address, or a v6 network
      std::memcpy(&network, client.network.bytes().data(), sizeof network);
      return (network ^ (client.is_claimed ? 1U : 0U)) * 0x9E3779B97F4A7C15ULL;
    }
  };

  Place place_for(const ClientKey& client);
  Place append(const Sum& sum);
  bool is_smaller(Place a, Place b) const;
  void set(std::size_t at, Place place);
  void rise(std::size_t at);
  void sink(std::size_t at);

  std::vector<Sum> sums_;
  std::unordered_map<ClientKey, Place, Hash> places_;
  std::vector<Place> heap_;      ///< the smallest first
  std::vector<std::size_t> at_;  ///< where in heap_ each place stands
};

}  // namespace picket::security
