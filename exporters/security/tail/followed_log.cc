#include "exporters/security/tail/followed_log.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

namespace picket::security {
namespace {

constexpr std::uint64_t kWorkBehind = 4 << 20;  // bytes that a compressed file was read on by
constexpr Duration kForgetGone = std::chrono::hours(24);

}  // namespace

FollowedLog::FollowedLog(TailContext context, std::string path, TailFrom from, bool may_vanish)
    : context_(context), from_(from), may_vanish_(may_vanish), started_(false) {
  position_.path = std::move(path);
  if (const auto live = facts_of(position_.path)) at_start_ = *live;
}

FollowedLog::FollowedLog(TailContext context, FilePosition stored, bool may_vanish)
    : context_(context),
      from_(TailFrom::Start),
      may_vanish_(may_vanish),
      position_(std::move(stored)),
      started_(true) {
  if (const auto live = facts_of(position_.path)) at_start_ = *live;
}

Result<LogFile> FollowedLog::open(const std::string& path) const {
  return LogFile::open(path, context_.roots, context_.options.gzip_limit);
}

LogStep FollowedLog::step(LineSink& sink, std::uint64_t budget) {
  if (over_) return {};
  if (left_due_) {
    const LogStep late = read_left(sink, budget);
    left_due_ = late.progress;
    if (late.progress) return late;
  }
  if (!ensure_open()) return {};
  if (broken_) return at_end({}, sink);
  const auto block = current_->read(position_.offset, context_.scratch, position_.before);
  if (!block) {
    broken_ = current_->is_gzip();
    failed(block.error());
    return {};
  }
  if (block->began_anew) {
    begin_anew();
    return {.progress = true};
  }
  context_.stats.lost_bytes += block->shrunk_by;
  note_facts();
  LogStep step = give({block->bytes, budget, origin()}, position_.skipping, sink);
  position_.offset += step.bytes;
  if (step.bytes > 0) note_before(block->bytes.substr(0, step.bytes));
  note_start(false);
  step.work = block->behind ? kWorkBehind : step.bytes;
  step.progress = step.work > 0;
  return step.progress ? step : at_end(block->bytes, sink);
}

/// `read` was passed last.
void FollowedLog::note_before(std::string_view read) {
  position_.before = current_->is_gzip() ? BytesBefore{} : LogFile::bytes_before(read);
}

void FollowedLog::note_facts() {
  const FileFacts& facts = current_->facts();
  if (current_->identity().head_size > position_.file.head_size) {
    position_.file.head_size = current_->identity().head_size;
    position_.file.head_hash = current_->identity().head_hash;
  }
  position_.modified = facts.modified;
  position_.read_until = std::max(position_.read_until, facts.modified);
  if (current_->is_gzip()) return;
  if (facts.size != position_.size) last_growth_ = context_.clock.mono();
  position_.size = facts.size;
}

/// `is_over`: current_ is read to its end, and another file follows.
void FollowedLog::note_start(bool is_over) {
  if (past_start_ || !at_start_ || !current_->facts().same_file(*at_start_)) return;
  past_start_ = is_over || position_.offset >= at_start_->size;
}

LineOrigin FollowedLog::origin() const {
  return {position_.file.device, position_.file.inode, position_.offset, context_.clock.wall(),
          current_->generation()};
}

LogStep FollowedLog::give(const Piece& piece, bool& skipping, LineSink& sink) {
  const std::uint64_t limit = context_.options.line_limit.count;
  const std::string_view bytes = piece.bytes;
  LineOrigin where = piece.origin;
  LogStep step;
  while (step.bytes < bytes.size() && step.bytes < piece.budget) {
    const std::string_view rest = bytes.substr(step.bytes);
    const void* newline = std::memchr(rest.data(), '\n', rest.size());
    if (newline == nullptr) {
      if (!skipping && rest.size() <= limit + 1) break;  // held until its newline comes
      if (!std::exchange(skipping, true)) ++context_.stats.oversize_lines;
      step.bytes = bytes.size();
      break;
    }
    const auto length = static_cast<std::size_t>(static_cast<const char*>(newline) - rest.data());
    where.offset = piece.origin.offset + step.bytes;
    step.bytes += length + 1;
    if (!std::exchange(skipping, false) && give_line(rest.substr(0, length), where, sink)) ++step.lines;
  }
  context_.stats.bytes += step.bytes;
  context_.stats.lines += step.lines;
  return step;
}

/// `line` is without its newline. False when it is too long.
bool FollowedLog::give_line(std::string_view line, const LineOrigin& where, LineSink& sink) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.size() > context_.options.line_limit.count) {
    ++context_.stats.oversize_lines;
    return false;
  }
  sink.line(line, where);
  return true;
}

/// What stands behind the last newline of a file that is over.
void FollowedLog::give_last(std::string_view rest, LineSink& sink, LogStep& step) {
  const bool skipped = std::exchange(position_.skipping, false);
  if (rest.empty()) return;
  const LineOrigin where = origin();
  position_.offset += rest.size();
  note_before(rest);
  context_.stats.bytes += rest.size();
  step.bytes += rest.size();
  if (skipped || !give_line(rest, where, sink)) return;
  ++context_.stats.lines;
  ++step.lines;
}

bool FollowedLog::ensure_open() {
  if (current_) return true;
  if (rest_) {
    const auto now = facts_of(position_.path);
    if (now && now->same_file(*rest_) && now->size == rest_->size && now->modified == rest_->modified) {
      return false;
    }
    rest_.reset();
  }
  if (context_.clock.mono() < retry_at_) return false;
  const auto opened = started_ ? resume() : begin_live();
  if (opened) reading_works();
  if (!opened) failed(opened.error());
  return opened.has_value();
}

void FollowedLog::reading_works() {
  problem_.clear();
  gone_since_.reset();
}

void FollowedLog::failed(const Error& error) {
  const MonoTime now = context_.clock.mono();
  retry_at_ = now + context_.options.retry;
  // A file of a pattern is gone, too, when something else has its name.
  if (error.kind == ErrorKind::NotFound || (may_vanish_ && error.kind == ErrorKind::InvalidInput)) {
    if (!gone_since_) gone_since_ = now;
    if (may_vanish_) over_ = !current_ && now - *gone_since_ >= kForgetGone;
    // Between the renaming of a file and the making of the next one there is none.
    if (may_vanish_ || (current_ && now - *gone_since_ < context_.options.idle)) return;
  }
  problem_ = error.message.starts_with('/') ? error.message : position_.path + ": " + error.message;
  ++context_.stats.read_errors;
}

Result<void> FollowedLog::begin_live() {
  auto live = open(position_.path);
  if (!live) return fail(live);
  const std::uint64_t offset = from_ == TailFrom::End ? live->facts().size : 0;
  const bool inside_a_line = !live->at_line_start(offset);
  begin(std::move(*live), offset);
  position_.skipping = inside_a_line;
  return {};
}

void FollowedLog::begin(LogFile file, std::uint64_t offset) {
  position_.file = file.identity();
  position_.offset = offset;
  position_.skipping = false;
  position_.before = {};
  position_.size = file.is_gzip() ? 0 : file.facts().size;
  position_.modified = file.facts().modified;  // but not read_until: nothing of it is read
  position_.next.reset();
  started_ = true;
  is_copy_ = broken_ = false;
  last_growth_ = context_.clock.mono();
  current_.emplace(std::move(file));
}

bool FollowedLog::holds(const FileFacts& file) const {
  return (current_ && current_->facts().same_file(file)) || (next_ && next_->file.facts().same_file(file)) ||
         (!current_ && started_ && file.device == position_.file.device &&
          file.inode == position_.file.inode);
}

bool FollowedLog::is_idle() const {
  return context_.clock.mono() - last_growth_ >= context_.options.idle;
}

bool FollowedLog::close_when_quiet() {
  if (!current_ || next_ || broken_ || is_copy_ || lag_bytes() > 0) return false;
  const auto live = facts_of(position_.path);
  if (!live || !live->same_file(current_->facts())) return false;
  rest_ = current_->facts();
  current_.reset();
  return true;
}

std::optional<FilePosition> FollowedLog::position() const {
  if (!started_) return std::nullopt;
  FilePosition position = position_;
  if (current_) position.next = next_ ? std::optional(next_->file.identity()) : std::nullopt;
  return position;
}

std::uint64_t FollowedLog::lag_bytes() const {
  const std::uint64_t of_current = current_ ? current_->lag(position_.offset) : 0;
  return of_current + (next_ ? next_->file.lag(0) : 0);
}

void FollowedLog::add_watched(std::vector<std::string>& files) const {
  if (current_) files.push_back(fmt::format("/proc/self/fd/{}", current_->fd()));
  if (next_) files.push_back(fmt::format("/proc/self/fd/{}", next_->file.fd()));
  if (!current_) files.push_back(position_.path);
}

LogStep FollowedLog::at_end(std::string_view rest, LineSink& sink) {
  const auto there = facts_of(position_.path);
  if (there && there->same_file(current_->facts())) {
    if (!broken_) reading_works();
    next_.reset();
    return {};
  }
  if (there && there->is_regular && gone_since_) {
    gone_since_.reset();
    retry_at_ = {};  // it was not there: whatever it is, it is news
  }
  if (!next_ && context_.clock.mono() >= retry_at_) look_for_next();
  if (!next_) return gone_since_ ? at_gone_end(rest, sink) : LogStep{};
  if (!is_finished()) return {};
  LogStep step;
  if (!goes_on_in_next()) give_last(rest, sink, step);
  go_on_with_next();
  step.progress = true;
  return step;
}

/// The file is gone from its path, and nothing has come in its place.
LogStep FollowedLog::at_gone_end(std::string_view rest, LineSink& sink) {
  LogStep step;
  const Duration since = context_.clock.mono() - *gone_since_;
  const bool deleted = current_->facts().links == 0;
  if (may_vanish_ && is_idle() && (deleted ? since >= context_.options.idle : since >= kForgetGone)) {
    give_last(rest, sink, step);
    over_ = true;
  }
  return step;
}

bool FollowedLog::is_finished() const {
  if (broken_ || current_->ended()) return true;
  return is_idle() || (!current_->is_gzip() && (is_copy_ || !next_->live));
}

void FollowedLog::look_for_next() {
  const std::vector<RotatedFile> files = rotated_files(position_.path);
  next_ = next_of(files);
  if (next_) return reading_works();
  if (const auto live = open(position_.path); !live) failed(live.error());
}

std::optional<std::size_t> FollowedLog::index_of_current(const std::vector<RotatedFile>& files) const {
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i].facts.same_file(current_->facts())) return i;
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!files[i].live && open_same_content(files[i])) return i;
  }
  return std::nullopt;
}

bool FollowedLog::is_newer(const RotatedFile& file) const {
  return file.live || file.facts.modified > position_.read_until;
}

std::optional<FollowedLog::Next> FollowedLog::next_of(const std::vector<RotatedFile>& files) {
  const auto current = index_of_current(files);
  const std::size_t first = current ? *current + 1 : 0;
  for (const RotatedFile& entry : std::span(files).subspan(first)) {
    if (entry.facts.same_file(current_->facts()) || (!current && !is_newer(entry))) continue;
    auto file = open(entry.path);
    const bool is_read = file && !entry.live && (was_left(*file, files) || is_backup(*file));
    if (is_read) continue;
    if (file) return Next{std::move(*file), entry.live, current.has_value() || current_->facts().links > 0};
    if (entry.live) break;
    ++context_.stats.read_errors;
  }
  return std::nullopt;
}

/// The next file is the current one, written anew with the same lines: `sed -i.bak`, an editor.
bool FollowedLog::goes_on_in_next() const {
  if (is_copy_ || (next_->renamed && !has_whole_head(position_.file))) return false;
  return next_->file.begins_as(position_.file) && next_->file.reaches(position_.offset) &&
         next_->file.has_before(position_.offset, position_.before);
}

void FollowedLog::go_on_with_next() {
  note_start(true);
  const bool same_content = goes_on_in_next();
  Next next = std::move(*next_);
  next_.reset();
  const FilePosition before = position_;
  if (current_->is_gzip() && !current_->ended() && !broken_) ++context_.stats.read_errors;  // it is torn
  TailStats& stats = context_.stats;
  ++(is_copy_ ? stats.truncates : next.renamed ? stats.renames : stats.replaces);
  if (next.renamed || !same_content) leave(current_->identity());
  if (!same_content) return begin_unread(std::move(next.file));
  begin(std::move(next.file), before.offset);
  position_.skipping = before.skipping;
  position_.before = before.before;
}

}  // namespace picket::security
