// Networks that nothing is taken from for a while: put there by the limits, by an administrator, or by an
// alert. The longest prefix that holds an address decides which entry is told. Bounded. A value: not
// thread-safe, no clock; the gate guards it, a store may keep it. Times are of the wall clock, so that they
// can be shown and stored.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/net/ip_address.h"
#include "base/time/clock.h"

namespace picket::authd {

/// Programs that block by themselves.
inline constexpr std::string_view kBlockedByLimits = "limits";
inline constexpr std::string_view kBlockedByAlert = "webhook";
inline constexpr std::array kAutomaticSources{kBlockedByLimits, kBlockedByAlert};

struct Block {
  Cidr network;
  WallTime until{};
  std::string reason;     ///< for people: "5 violations of auth"
  std::string source;     ///< "limits", "webhook" (an alert), "authctl", or the id of who set it
  bool sessions = false;  ///< it stops valid sessions, keys and tokens and known devices, too

  /// Set by a program: never with `sessions`.
  bool is_automatic() const {
    return std::ranges::find(kAutomaticSources, source) != kAutomaticSources.end();
  }
};

/// For how long, as whoever blocks writes it: an hour where nothing is said, a year at most. InvalidInput.
Result<Duration> block_time(const std::string& text);

class BlockList {
 public:
  explicit BlockList(std::size_t blocks_max = 100'000) : blocks_max_(blocks_max) {}

  /// As networks stand in the list: cut to the prefix, mapped ones as IPv4.
  static Cidr normal(const Cidr& network);
  /// What a person sets replaces what is there, with its end, earlier or later. Of two automatic blocks in
  /// force the later end holds, and one changes nothing about what a person has set.
  /// InvalidInput for networks wider than /8 (IPv4) or /16 (IPv6), which would shut out the administrator as
  /// well, and for an end that has passed; Unavailable when the list is full.
  Result<void> add(const Block& block, WallTime now);
  /// False when it was not there.
  bool remove(const Cidr& network);
  /// The narrowest block in force that stops a client at the address; `is_known`: one with a valid session,
  /// API key or program token, or on a known device.
  std::optional<Block> find(const IpAddress& address, WallTime now, bool is_known = false) const;

  /// Drops those whose time is over; how many.
  std::size_t expire(WallTime now);
  std::vector<Block> in_force(WallTime now) const;  ///< by network
  std::size_t count_in_force(WallTime now) const;
  std::size_t size() const { return blocks_.size(); }

 private:
  struct Key {
    int bits = 0;
    IpAddress network;
    auto operator<=>(const Key&) const = default;
  };
  static Key key_of(const Cidr& network);
  static void replace(Block& there, Block entry, WallTime now);
  std::map<Key, Block>::iterator erase(std::map<Key, Block>::iterator at);

  std::size_t blocks_max_;
  std::map<Key, Block> blocks_;
  std::map<std::pair<IpAddress::Family, int>, std::size_t> lengths_;  ///< how many of each prefix length
  WallTime first_end_ = WallTime::max();                              ///< no block ends before it
};

}  // namespace picket::authd
