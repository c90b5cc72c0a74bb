#include "authd/guards/shared_guards.h"

#include <algorithm>

namespace picket::authd {
namespace {

/// Longer than a replica is kept from the store and still serves.
constexpr Duration kUnlocksFollowedFor = std::chrono::minutes(5);
static_assert(kBlockingPrograms == kAutomaticSources, "the store and the list name the same programs");

/// As the gate's list and the store both name it.
std::string name_of(const Cidr& network) {
  return BlockList::normal(network).text();
}

}  // namespace

Result<void> SharedGuards::block(const Block& block) {
  const MutexLock lock(mutex_);
  if (Result<void> here = gate_.block(block); !here) return here;
  return store(block);
}

Result<void> SharedGuards::store(const Block& block) {
  const std::string name = name_of(block.network);
  Result<void> put = stores_.blocks.put({.prefix = name,
                                         .reason = block.reason,
                                         .created_by = block.source,
                                         .created_at = clock_.wall(),
                                         .expires_at = block.until,
                                         .sessions = block.sessions});
  if (put) known_[name] = block.until;
  return put;
}

Result<bool> SharedGuards::unblock(const Cidr& network) {
  const MutexLock lock(mutex_);
  Result<bool> stored = stores_.blocks.remove(name_of(network));
  if (!stored) return stored;
  known_.erase(name_of(network));
  const bool here = gate_.unblock(network);
  return *stored || here;
}

Result<std::vector<UserLimit>> SharedGuards::limits_of(const std::string& user_id) {
  return stores_.limits.list(user_id);
}

Result<void> SharedGuards::set_limit(const UserLimit& limit) {
  if (!gate_.has_tier(limit.tier))
    return fail(ErrorKind::NotFound, fmt::format("there is no tier \"{}\"", limit.tier));
  const MutexLock lock(mutex_);
  const auto all = stores_.limits.list("");
  if (!all) return fail(all);
  const bool is_there = std::ranges::any_of(
      *all, [&](const UserLimit& one) { return one.user_id == limit.user_id && one.tier == limit.tier; });
  if (!is_there && all->size() >= kUserLimitsMax)
    return fail(ErrorKind::Conflict, fmt::format("there are {} limits of people already", kUserLimitsMax));
  if (Result<void> put = stores_.limits.put(limit); !put) return put;
  return publish_limits();
}

Result<bool> SharedGuards::clear_limit(const std::string& user_id, const std::string& tier) {
  const MutexLock lock(mutex_);
  Result<bool> removed = stores_.limits.remove(user_id, tier);
  if (!removed || !*removed) return removed;
  if (const Result<void> published = publish_limits(); !published) return fail(published);
  return true;
}

Result<void> SharedGuards::exchange() {
  const MutexLock lock(mutex_);
  if (Result<void> done = take_blocks(); !done) return done;
  if (Result<void> done = store_own(); !done) return done;
  if (Result<void> done = take_limits(); !done) return done;
  return take_unlocks();
}

Result<void> SharedGuards::take_unlocks() {
  const auto rows = stores_.failures.forgotten_since(clock_.wall() - kUnlocksFollowedFor);
  if (!rows) return fail(rows);
  std::set<std::int64_t> followed;
  for (const ForgottenTries& row : *rows) {
    if (!forgotten_.contains(row.seq)) gate_.forget_tries(row.subject);
    followed.insert(row.seq);
  }
  forgotten_ = std::move(followed);
  return {};
}

Result<void> SharedGuards::take_blocks() {
  const auto revision = stores_.blocks.revision();
  if (!revision) return fail(revision);
  if (*revision == blocks_read_) return {};
  const auto is_whole = read_blocks();
  if (!is_whole) return fail(is_whole);
  if (*is_whole) blocks_read_ = *revision;
  return {};
}

/// False when the gate's list was full: there may be room the next time.
Result<bool> SharedGuards::read_blocks() {
  const auto rows = stores_.blocks.list(clock_.wall());
  if (!rows) return fail(rows);
  Ends stored;
  for (const StoredBlock& row : *rows) stored.emplace(row.prefix, row.expires_at);
  for (const auto& [name, end] : known_) {
    const Result<Cidr> network = Cidr::parse(name);
    if (network && !stored.contains(name)) gate_.unblock(*network);
  }
  known_ = std::move(stored);
  bool is_whole = true;
  for (const StoredBlock& row : *rows) {
    const Result<Cidr> network = Cidr::parse(row.prefix);
    if (!network) continue;
    const auto taken = gate_.block({.network = *network,
                                    .until = row.expires_at,
                                    .reason = row.reason,
                                    .source = row.created_by,
                                    .sessions = row.sessions});
    is_whole = is_whole && (taken || taken.error().kind != ErrorKind::Unavailable);
  }
  return is_whole;
}

/// What this gate has blocked by itself.
Result<void> SharedGuards::store_own() {
  const std::uint64_t added = gate_.blocks_added();
  if (added == own_stored_) return {};
  for (const Block& block : gate_.blocks()) {
    const auto known = known_.find(name_of(block.network));
    if (known != known_.end() && known->second >= block.until) continue;
    if (Result<void> stored = store(block); !stored) return stored;
  }
  own_stored_ = added;
  return {};
}

Result<void> SharedGuards::take_limits() {
  const auto revision = stores_.limits.revision();
  if (!revision) return fail(revision);
  if (*revision == limits_read_) return {};
  if (Result<void> published = publish_limits(); !published) return published;
  limits_read_ = *revision;
  return {};
}

Result<void> SharedGuards::publish_limits() {
  const auto all = stores_.limits.list("");
  if (!all) return fail(all);
  TierOverrides overrides;
  for (const UserLimit& limit : *all) overrides[limit.user_id][limit.tier] = limit.limit;
  gate_.publish_overrides(std::move(overrides));
  return {};
}

}  // namespace picket::authd
