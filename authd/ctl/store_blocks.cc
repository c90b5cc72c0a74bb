#include "authd/ctl/store_blocks.h"

#include "authd/ratelimit/block_list.h"
#include "base/time/timestamp.h"

namespace picket::authd {
namespace {

constexpr std::string_view kBy = "authctl";

/// As the list would take it; InvalidInput where it would not.
Result<Block> block_of(const NewBlock& wanted, WallTime now) {
  const Result<Cidr> network = Cidr::parse(wanted.prefix);
  if (!network) return fail(network, "NETWORK");
  const Result<Duration> time = block_time(wanted.duration);
  if (!time) return fail(time, "--for");
  Block block{.network = BlockList::normal(*network),
              .until = now + *time,
              .reason = wanted.reason,
              .source = std::string(kBy),
              .sessions = wanted.sessions};
  if (const Result<void> fits = BlockList().add(block, now); !fits) return fail(fits);
  return block;
}

}  // namespace

Result<std::vector<BlockRow>> StoreBlocks::blocks() {
  const auto stored = place_->stores().blocks().list(place_->clock().wall());
  if (!stored) return fail(stored);
  std::vector<BlockRow> rows;
  rows.reserve(stored->size());
  for (const StoredBlock& one : *stored) {
    rows.push_back({one.prefix, format_rfc3339(one.expires_at), one.created_by, one.reason, one.sessions});
  }
  return rows;
}

Result<void> StoreBlocks::block(const NewBlock& wanted) {
  const WallTime now = place_->clock().wall();
  const Result<Block> block = block_of(wanted, now);
  if (!block) return fail(block);
  const std::string prefix = block->network.text();
  return place_->audited({"blocks.create", "block:" + prefix, {}},
                         place_->stores().blocks().put({.prefix = prefix,
                                                        .reason = block->reason,
                                                        .created_by = std::string(kBy),
                                                        .created_at = now,
                                                        .expires_at = block->until,
                                                        .sessions = block->sessions}));
}

Result<void> StoreBlocks::unblock(const std::string& prefix) {
  const Result<Cidr> network = Cidr::parse(prefix);
  if (!network) return fail(network, "NETWORK");
  const std::string name = BlockList::normal(*network).text();
  const Result<bool> removed = place_->stores().blocks().remove(name);
  Result<void> outcome;
  if (!removed) outcome = fail(removed);
  if (removed && !*removed) outcome = fail(ErrorKind::NotFound, fmt::format("{} is not blocked", name));
  return place_->audited({"blocks.delete", "block:" + name, {}}, std::move(outcome));
}

}  // namespace picket::authd
