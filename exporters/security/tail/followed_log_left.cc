// The files that were read to their end and left: known again, so that nothing of them is given twice, and read on
// when a writer that was quiet for long adds to one of them.
#include <algorithm>
#include <utility>

#include "base/time/timestamp.h"
#include "exporters/security/tail/followed_log.h"

namespace picket::security {
namespace {

constexpr std::int64_t kNanosOfMilli = 1'000'000;
constexpr std::int64_t kGrain = 2'000'000'000;  // ns: of a folder's time

/// All of the content that was left is there, as it was.
bool is_rest_of(const LeftFile& left, const LogFile& file) {
  return file.reaches(left.offset) && (left.file.head_size == 0 || file.begins_as(left.file)) &&
         file.has_before(left.offset, left.before);
}

}  // namespace

/// The current position is that of a file that is over. `found`: the file itself, which may be a copy.
void FollowedLog::leave(const FileIdentity& found) {
  LeftFile left{position_.file, position_.offset, position_.skipping, position_.before};
  left.file.device = found.device;
  left.file.inode = found.inode;
  position_.left.push_back(std::move(left));
  if (position_.left.size() > FilePosition::kMaxLeft) position_.left.erase(position_.left.begin());
}

/// Takes the file out of those that were left when it is one of them: it was put
/// back, or its inode is used again.
std::optional<LeftFile> FollowedLog::take_left(const LogFile& file) {
  std::optional<LeftFile> taken;
  std::erase_if(position_.left, [&](LeftFile& left) {
    if (!is_inode_of(left.file, file.facts())) return false;
    if (is_rest_of(left, file)) taken = std::move(left);
    return true;
  });
  return taken;
}

/// By its inode, or else (a copy, or compressed) by its head, when that is all that a head can be.
bool FollowedLog::was_left(const LogFile& file, const std::vector<RotatedFile>& files) const {
  return std::ranges::any_of(position_.left, [&](const LeftFile& left) {
    if (!is_rest_of(left, file)) return false;
    if (is_inode_of(left.file, file.facts())) return true;
    if (left.file.head_size != file.identity().head_size || !file.begins_as(left.file)) return false;
    return has_whole_head(left.file) || std::ranges::none_of(files, [&](const RotatedFile& other) {
             return is_inode_of(left.file, other.facts);
           });
  });
}

/// A copy of the current file, made beside it, with no more in it than was read.
bool FollowedLog::is_backup(const LogFile& file) const {
  return has_whole_head(position_.file) && file.begins_as(position_.file) &&
         (file.is_gzip() ||
          (file.facts().size <= position_.offset && current_->is_alike_before(file.facts().size, file)));
}

LogStep FollowedLog::read_left(LineSink& sink, std::uint64_t budget) {
  for (LeftFile& left : position_.left) {
    const LogStep step = read_left(left, sink, budget);
    if (step.progress) return step;
  }
  return {};
}

LogStep FollowedLog::read_left(LeftFile& left, LineSink& sink, std::uint64_t budget) {
  const std::string path = find_left(left);
  const auto facts = facts_of(path);
  if (path.empty() || !facts || facts->size <= left.offset) return {};
  auto file = open(path);
  if (!file || !is_inode_of(left.file, file->facts()) || !is_rest_of(left, *file)) return {};
  const auto block = file->read(left.offset, context_.scratch, left.before);
  if (!block || block->began_anew) return {};
  if (file->identity().head_size > left.file.head_size) left.file = file->identity();
  const LineOrigin where{left.file.device, left.file.inode, left.offset, context_.clock.wall(),
                         file->generation()};
  LogStep step = give({block->bytes, budget, where}, left.skipping, sink);
  left.offset += step.bytes;
  if (step.bytes > 0) left.before = LogFile::bytes_before(block->bytes.substr(0, step.bytes));
  step.work = step.bytes;
  step.progress = step.bytes > 0;
  return step;
}

/// The name of one of the files that may grow; "": it has none. The folder is
/// read again when it has changed.
std::string FollowedLog::find_left(const LeftFile& left) {
  const auto folder = facts_of(position_.path.substr(0, position_.path.rfind('/') + 1));
  if (folder && folder->modified != rotated_at_) {
    rotated_ = rotated_files(position_.path);
    // A folder that changed just now may change again without another time.
    const std::int64_t now = unix_millis(context_.clock.wall()) * kNanosOfMilli;
    rotated_at_ = now - folder->modified > kGrain ? folder->modified : 0;
  }
  for (const RotatedFile& file : rotated_) {
    if (!file.live && is_inode_of(left.file, file.facts) && !is_compressed_name(file.path)) return file.path;
  }
  return {};
}

/// From the start of a file, or from where it was left.
void FollowedLog::begin_unread(LogFile file) {
  const std::optional<LeftFile> left = take_left(file);
  begin(std::move(file), left ? left->offset : 0);
  if (!left) return;
  position_.skipping = left->skipping;
  position_.before = left->before;
}

std::optional<FilePosition> FollowedLog::give_up(const FileFacts& file, const std::string& path) {
  const auto is_it = [&](const LeftFile& left) { return is_inode_of(left.file, file); };
  const bool is_gone =
      started_ && !current_ && is_inode_of(position_.file, file) && !facts_of(position_.path);
  if (!is_gone && std::ranges::none_of(position_.left, is_it)) return std::nullopt;
  const auto opened = open(path);
  if (!opened) return std::nullopt;
  std::optional<LeftFile> found;
  if (!is_gone)
    found = take_left(*opened);
  else if (LeftFile last{position_.file, position_.offset, position_.skipping, position_.before};
           is_rest_of(last, *opened))
    found = std::move(last);
  if (!found) return std::nullopt;
  over_ = is_gone;
  return FilePosition{.path = path,
                      .file = found->file,
                      .offset = found->offset,
                      .skipping = found->skipping,
                      .size = found->offset,
                      .modified = file.modified,
                      .read_until = file.modified,
                      .next = {},
                      .left = {},
                      .before = found->before};
}

}  // namespace picket::security
