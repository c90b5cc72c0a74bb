#include "authd/ratelimit/block_list.h"

#include <algorithm>
#include <ranges>

#include "authd/address/address_prefix.h"
#include "base/text/duration.h"

namespace picket::authd {
namespace {

constexpr int kBitsMinV4 = 8;
constexpr int kBitsMinV6 = 16;
constexpr int kMappedBits = 96;
constexpr Duration kBlockDefault = std::chrono::hours(1);
constexpr Duration kBlockMax = std::chrono::hours(24 * 365);

}  // namespace

Result<Duration> block_time(const std::string& text) {
  if (text.empty()) return kBlockDefault;
  const Result<Duration> duration = parse_duration(text);
  if (!duration) return fail(duration);
  if (*duration <= Duration::zero() || *duration > kBlockMax)
    return fail(ErrorKind::InvalidInput, "duration is more than nothing and at most a year");
  return *duration;
}

Cidr BlockList::normal(const Cidr& network) {
  const bool is_mapped = network.network.unmapped().family() != network.network.family();
  if (is_mapped && network.prefix < kMappedBits) return network;
  return network_of(network.network, is_mapped ? network.prefix - kMappedBits : network.prefix);
}

BlockList::Key BlockList::key_of(const Cidr& network) {
  const Cidr plain = normal(network);
  return {plain.prefix, plain.network};
}

Result<void> BlockList::add(const Block& block, WallTime now) {
  Block entry = block;
  entry.network = normal(block.network);
  const bool is_v4 = entry.network.network.family() == IpAddress::Family::V4;
  if (entry.network.prefix < (is_v4 ? kBitsMinV4 : kBitsMinV6)) {
    return fail(ErrorKind::InvalidInput,
                fmt::format("{} is too wide to block: at least /8, or /16 for IPv6", entry.network.text()));
  }
  if (entry.until <= now) return fail(ErrorKind::InvalidInput, "the block would end before it begins");
  const Key key = key_of(entry.network);
  const auto found = blocks_.find(key);
  if (found != blocks_.end()) {
    first_end_ = std::min(first_end_, entry.until);
    replace(found->second, std::move(entry), now);
    return {};
  }
  // Not for nothing: whoever fills the list comes again and again.
  if (blocks_.size() >= blocks_max_ && now >= first_end_) expire(now);
  if (blocks_.size() >= blocks_max_) return fail(ErrorKind::Unavailable, "the block list is full");
  first_end_ = std::min(first_end_, entry.until);
  blocks_.emplace(key, std::move(entry));
  ++lengths_[{key.network.family(), key.bits}];
  return {};
}

void BlockList::replace(Block& there, Block entry, WallTime now) {
  const bool is_in_force = now < there.until;
  if (is_in_force && entry.is_automatic() && !there.is_automatic()) return;
  if (is_in_force && entry.is_automatic()) entry.until = std::max(entry.until, there.until);
  there = std::move(entry);
}

std::map<BlockList::Key, Block>::iterator BlockList::erase(std::map<Key, Block>::iterator at) {
  const auto length = lengths_.find({at->first.network.family(), at->first.bits});
  if (--length->second == 0) lengths_.erase(length);
  return blocks_.erase(at);
}

bool BlockList::remove(const Cidr& network) {
  const auto found = blocks_.find(key_of(network));
  if (found == blocks_.end()) return false;
  erase(found);
  return true;
}

std::optional<Block> BlockList::find(const IpAddress& address, WallTime now, bool is_known) const {
  const IpAddress plain = address.unmapped();
  for (const auto& [length, count] : std::ranges::reverse_view(lengths_)) {  // longest first
    const auto& [family, bits] = length;
    if (family != plain.family()) continue;
    const auto found = blocks_.find({bits, network_of(plain, bits).network});
    if (found == blocks_.end() || now >= found->second.until) continue;
    if (!is_known || found->second.sessions) return found->second;
  }
  return std::nullopt;
}

std::size_t BlockList::expire(WallTime now) {
  const std::size_t before = blocks_.size();
  first_end_ = WallTime::max();
  for (auto at = blocks_.begin(); at != blocks_.end();) {
    const bool stays = now < at->second.until;
    if (stays) first_end_ = std::min(first_end_, at->second.until);
    at = stays ? std::next(at) : erase(at);
  }
  return before - blocks_.size();
}

std::size_t BlockList::count_in_force(WallTime now) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(blocks_, [now](const auto& entry) { return now < entry.second.until; }));
}

std::vector<Block> BlockList::in_force(WallTime now) const {
  std::vector<Block> blocks;
  for (const auto& [key, block] : blocks_) {
    if (now < block.until) blocks.push_back(block);
  }
  std::ranges::sort(blocks, {}, [](const Block& block) { return block.network.network; });
  return blocks;
}

}  // namespace picket::authd
