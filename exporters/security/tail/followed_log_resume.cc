// Finding again what was read before: after a start, and when a file begins anew.
#include <utility>

#include "exporters/security/tail/followed_log.h"

namespace picket::security {
namespace {

constexpr std::int64_t kClockGrain =
    2'000'000'000;  // ns: tools that copy a file's time may drop its fraction

}  // namespace

Result<void> FollowedLog::resume() {
  const std::vector<RotatedFile> files = rotated_files(position_.path);
  if (position_.file.head_size == 0 && begin_with_unread(files)) return {};
  if (auto found = find_stored(files)) {
    const bool is_truncated = files.back().live && is_inode_of(position_.file, files.back().facts);
    if (is_truncated && !is_inode_of(position_.file, found->facts())) {
      take_copy(std::move(*found));
    } else {
      current_.emplace(std::move(*found));
    }
    last_growth_ = context_.clock.mono();
    return {};
  }
  // A live file that cannot be opened may be the very one.
  if (const auto live = open(position_.path); !live && live.error().kind != ErrorKind::NotFound) {
    return fail(live);
  }
  return begin_behind_lost(files);
}

/// The file was empty: what was written to it since may have been copied, and truncated, before its end.
bool FollowedLog::begin_with_unread(const std::vector<RotatedFile>& files) {
  for (const RotatedFile& entry : files) {
    const bool is_it = is_inode_of(position_.file, entry.facts);
    if (!is_it && (entry.live || !is_newer(entry))) continue;
    auto file = open(entry.path);
    if (!file || (!is_it && was_left(*file, files))) continue;
    begin_unread(std::move(*file));
    return true;
  }
  return false;
}

/// By its inode, or else (a copy, or compressed) by its head.
std::optional<LogFile> FollowedLog::find_stored(const std::vector<RotatedFile>& files) const {
  for (const RotatedFile& entry : files) {
    if (!is_inode_of(position_.file, entry.facts)) continue;
    auto file = open(entry.path);
    const bool same = file && (position_.file.head_size == 0 || file->begins_as(position_.file));
    if (same && file->reaches(position_.offset) && file->has_before(position_.offset, position_.before))
      return std::move(*file);
  }
  for (const RotatedFile& entry : files) {
    if (is_inode_of(position_.file, entry.facts)) continue;
    if (auto file = open_same_content(entry)) return file;
  }
  return std::nullopt;
}

/// When it has what is before the position, whatever its inode: a copy, or compressed.
std::optional<LogFile> FollowedLog::open_same_content(const RotatedFile& entry) const {
  if (entry.facts.modified + kClockGrain < position_.modified) return std::nullopt;
  auto file = open(entry.path);
  if (!file || !file->begins_as(position_.file) || !file->reaches(position_.offset)) return std::nullopt;
  if (!file->has_before(position_.offset, position_.before)) return std::nullopt;
  return std::move(*file);
}

/// The one that came next, else the oldest that was not read.
std::optional<LogFile> FollowedLog::open_behind_lost(const std::vector<RotatedFile>& files) const {
  for (const bool known : {true, false}) {
    for (const RotatedFile& entry : files) {
      const bool is_next = position_.next && is_inode_of(*position_.next, entry.facts);
      if (known ? !is_next : !is_newer(entry)) continue;
      auto file = open(entry.path);
      if (file && (entry.live || !was_left(*file, files))) return std::move(*file);
    }
  }
  return std::nullopt;
}

/// The file is nowhere.
Result<void> FollowedLog::begin_behind_lost(const std::vector<RotatedFile>& files) {
  auto file = open_behind_lost(files);
  if (!file) return fail(ErrorKind::NotFound, position_.path + ": no such file");
  const FilePosition lost = position_;
  context_.stats.lost_bytes += lost.size > lost.offset ? lost.size - lost.offset : 0;
  ++(is_inode_of(lost.file, file->facts()) ? context_.stats.truncates : context_.stats.replaces);
  leave(lost.file);
  begin_unread(std::move(*file));
  return {};
}

/// The open file was truncated. What was not read of it may be in the copy that was made of it before.
void FollowedLog::begin_anew() {
  const std::uint64_t unread = position_.size > position_.offset ? position_.size - position_.offset : 0;
  if (auto copy = find_copy()) return take_copy(std::move(*copy));
  ++context_.stats.truncates;
  context_.stats.lost_bytes += unread;
  LogFile file = std::move(*current_);
  file.begin_anew();
  begin(std::move(file), 0);
}

/// The truncation is counted when the copy is over: until then the position is of before it.
void FollowedLog::take_copy(LogFile copy) {
  const std::uint64_t copied = copy.facts().size;
  if (!copy.is_gzip() && position_.size > copied) context_.stats.lost_bytes += position_.size - copied;
  current_.emplace(std::move(copy));
  next_.reset();
  is_copy_ = true;
}

std::optional<LogFile> FollowedLog::find_copy() const {
  for (const RotatedFile& entry : rotated_files(position_.path)) {
    if (current_->facts().same_file(entry.facts) || entry.live) continue;
    if (auto file = open_same_content(entry)) return file;
  }
  return std::nullopt;
}

}  // namespace picket::security
