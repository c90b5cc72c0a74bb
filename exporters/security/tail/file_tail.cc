#include "exporters/security/tail/file_tail.h"

#include <fnmatch.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "base/files/files.h"
#include "exporters/security/tail/followed_log.h"
#include "exporters/security/tail/rotated_files.h"

namespace picket::security {
namespace {

constexpr std::size_t kBlock = 256 << 10;
constexpr std::string_view kWildcards = "*?[";
constexpr std::int64_t kLongBefore = std::chrono::nanoseconds(std::chrono::hours(1)).count();

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

/// The folder before the first wildcard.
std::string fixed_folder(const std::string& pattern) {
  return folder_of(pattern.substr(0, pattern.find_first_of(kWildcards)));
}

bool matches_pattern(const std::string& pattern, const std::string& path) {
  return fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0;
}

}  // namespace

FileTail::FileTail(TailOptions options, const Clock& clock, std::optional<TailPositions> stored)
    : options_(std::move(options)), clock_(clock), stored_(std::move(stored)) {
  // A block holds the longest line, its end, and a byte that shows that it is longer.
  scratch_.resize(std::max(kBlock, static_cast<std::size_t>(options_.line_limit.count) + 3));
}

FileTail::~FileTail() = default;

void FileTail::find_start() {
  if (scan_due_) scan();
  for (const auto& [path, log] : logs_) {
    if (log->is_open() || open_ >= options_.max_open) continue;
    log->find_start();
    if (log->is_open()) ++open_;
  }
}

TailReport FileTail::read(LineSink& sink, Bytes budget) {
  if (scan_due_ || clock_.mono() >= next_scan_) scan();
  TailReport report;
  std::uint64_t left = std::max<std::uint64_t>(budget.count, 1);
  const auto take = [&](FollowedLog& log) {
    const LogStep step = take_turn(log, sink, left);
    report.bytes += step.bytes;
    report.lines += step.lines;
    left -= std::min(left, std::max(step.bytes, step.work));
    return step.progress;
  };
  for (FollowedLog* log : old_logs()) {
    while (left > 0 && log->backlog_until() && take(*log)) {
    }
  }
  std::vector<FollowedLog*> active = logs_in_turn();
  while (!active.empty() && left > 0) {
    std::vector<FollowedLog*> still;
    for (FollowedLog* log : active) {
      if (left == 0 || take(*log)) still.push_back(log);
    }
    active = std::move(still);
  }
  report.more = !active.empty();
  drop_logs_that_are_over();
  return report;
}

std::vector<FollowedLog*> FileTail::logs_in_turn() {
  std::vector<FollowedLog*> logs;
  logs.reserve(logs_.size());
  const auto first = logs_.upper_bound(turn_);
  for (auto log = first; log != logs_.end(); ++log) logs.push_back(log->second.get());
  for (auto log = logs_.begin(); log != first; ++log) logs.push_back(log->second.get());
  return logs;
}

/// Those with a backlog that ends long before that of the newest, the oldest first.
std::vector<FollowedLog*> FileTail::old_logs() const {
  std::vector<std::pair<std::int64_t, FollowedLog*>> behind;
  for (const auto& [path, log] : logs_) {
    if (const auto until = log->backlog_until()) behind.emplace_back(*until, log.get());
  }
  std::ranges::stable_sort(behind, {}, &std::pair<std::int64_t, FollowedLog*>::first);
  std::vector<FollowedLog*> old;
  for (const auto& [until, log] : behind) {
    if (until < behind.back().first - kLongBefore) old.push_back(log);
  }
  return old;
}

LogStep FileTail::take_turn(FollowedLog& log, LineSink& sink, std::uint64_t budget) {
  turn_ = log.path();
  if (log.is_open()) --open_;
  const LogStep step = log.step(sink, budget);
  if (log.is_open() && (open_ < options_.max_open || !log.close_when_quiet())) ++open_;
  return step;
}

void FileTail::drop_logs_that_are_over() {
  std::erase_if(logs_, [this](const auto& entry) {
    if (!entry.second->over()) return false;
    if (entry.second->is_open()) --open_;
    return true;
  });
}

void FileTail::scan() {
  scan_due_ = false;
  next_scan_ = clock_.mono() + options_.rescan;
  find_roots();
  if (stored_ && first_scan_) add_stored_logs();
  const auto matches = RealFiles().glob(options_.pattern);
  scan_problem_ = matches ? "" : matches.error().message;
  if (!matches) {
    ++stats_.read_errors;
    return;
  }
  add_new_logs(*matches);
  for (const auto& [path, log] : logs_) log->look_at_left();
  first_scan_ = false;
  if (logs_.empty()) scan_problem_ = options_.pattern + ": no such file";
}

bool FileTail::is_past_start() const {
  return !first_scan_ &&
         std::ranges::all_of(logs_, [](const auto& log) { return log.second->is_past_start(); });
}

/// Once found, a root stays what it was: nobody moves it by putting a link in its place.
void FileTail::find_roots() {
  if (!roots_.empty()) return;
  std::vector<std::string> folders = options_.allowed_roots;
  if (folders.empty()) folders.push_back(fixed_folder(options_.pattern));
  for (const std::string& folder : folders) {
    const std::unique_ptr<char, void (*)(void*)> real(realpath(folder.c_str(), nullptr), std::free);
    if (real) roots_.emplace_back(real.get());
  }
}

bool FileTail::has_wildcard() const {
  return options_.pattern.find_first_of(kWildcards) != std::string::npos;
}

void FileTail::add_stored_logs() {
  others_.clear();
  for (const FilePosition& position : stored_->files) {
    if (!matches_pattern(options_.pattern, position.path) || logs_.size() >= options_.max_files) {
      if (others_.size() < TailPositions::kMaxOther) others_.push_back(position);
      continue;
    }
    logs_.emplace(position.path, std::make_unique<FollowedLog>(context(), position, has_wildcard()));
  }
}

void FileTail::add_new_logs(const std::vector<std::string>& matches) {
  std::vector<FileFacts> added;
  std::set<std::string> refused;
  for (const std::string& path : matches) {
    if (logs_.contains(path) || !is_live_log(path, matches) || is_no_file(path)) continue;
    const bool has_room = logs_.size() < options_.max_files;
    std::optional<FilePosition> known = has_room ? take_known(path) : std::nullopt;
    if (!known && is_held(path, added)) continue;
    if (!has_room) {
      refused.insert(path);
      continue;
    }
    add_log(path, std::move(known));
    if (const auto facts = facts_of(path)) added.push_back(*facts);
  }
  const auto is_news = [this](const std::string& path) { return !refused_.contains(path); };
  stats_.refused_files += static_cast<std::uint64_t>(std::ranges::count_if(refused, is_news));
  refused_ = std::move(refused);
}

void FileTail::add_log(const std::string& path, std::optional<FilePosition> known) {
  if (known) {
    logs_.emplace(path, std::make_unique<FollowedLog>(context(), std::move(*known), has_wildcard()));
    return;
  }
  const bool is_new = !stored_ || (!stored_->pattern.empty() && stored_->pattern != options_.pattern);
  const TailFrom from = first_scan_ && is_new ? options_.from : TailFrom::Start;
  logs_.emplace(path, std::make_unique<FollowedLog>(context(), path, from, has_wildcard()));
}

/// Of a file for which there was no room before, or that another log was renamed to.
std::optional<FilePosition> FileTail::take_known(const std::string& path) {
  const auto other = std::ranges::find(others_, path, &FilePosition::path);
  if (other != others_.end()) {
    FilePosition position = std::move(*other);
    others_.erase(other);
    return position;
  }
  const auto facts = facts_of(path);
  if (!facts) return std::nullopt;
  for (const auto& [name, log] : logs_) {
    if (auto position = log->give_up(*facts, path)) return position;
  }
  return std::nullopt;
}

/// "x.log.1" is read as a part of x.log; "x-20261130.log" only where there is an x.log.
bool FileTail::is_live_log(const std::string& path, const std::vector<std::string>& matches) const {
  if (is_compressed_name(path)) return false;
  if (!has_wildcard()) return true;
  const std::string folder = folder_of(path) + "/";
  const std::string name = path.substr(path.rfind('/') + 1);
  if (const auto log = log_name_of(name); log && matches_pattern(options_.pattern, folder + *log))
    return false;
  const auto log = log_name_before_extension(name);
  if (!log) return true;
  return !logs_.contains(folder + *log) && !std::binary_search(matches.begin(), matches.end(), folder + *log);
}

/// Of a pattern, which finds folders, pipes and sockets beside the files that are meant; one that is named is a problem.
bool FileTail::is_no_file(const std::string& path) const {
  if (!has_wildcard()) return false;
  const auto facts = facts_of(path);
  return facts && !facts->is_regular;
}

/// Another name of a file that is followed.
bool FileTail::is_held(const std::string& path, const std::vector<FileFacts>& added) const {
  const auto facts = facts_of(path);
  if (!facts) return false;
  const auto same = [&](const FileFacts& other) { return other.same_file(*facts); };
  if (std::any_of(added.begin(), added.end(), same)) return true;
  return std::any_of(logs_.begin(), logs_.end(),
                     [&](const auto& entry) { return entry.second->holds(*facts); });
}

TailContext FileTail::context() {
  return {options_, clock_, roots_, stats_, scratch_};
}

TailPositions FileTail::positions() const {
  if (first_scan_ && logs_.empty()) return stored_.value_or(TailPositions{});
  TailPositions positions;
  positions.pattern = first_scan_ && stored_ ? stored_->pattern : options_.pattern;
  for (const auto& [path, log] : logs_) {
    if (auto position = log->position()) positions.files.push_back(std::move(*position));
  }
  positions.files.insert(positions.files.end(), others_.begin(), others_.end());
  return positions;
}

std::uint64_t FileTail::lag_bytes() const {
  std::uint64_t lag = 0;
  for (const auto& [path, log] : logs_) lag += log->lag_bytes();
  return lag;
}

std::string FileTail::problem() const {
  for (const auto& [path, log] : logs_) {
    if (!log->problem().empty()) return log->problem();
  }
  return scan_problem_;
}

TailWatched FileTail::watched() const {
  TailWatched watched;
  watched.folders.push_back(fixed_folder(options_.pattern));
  for (const auto& [path, log] : logs_) {
    log->add_watched(watched.files);
    if (folder_of(path) != watched.folders.back()) watched.folders.push_back(folder_of(path));
  }
  return watched;
}

}  // namespace picket::security
