// One log of a source: the file at a path, and those that it is rotated into. Gives their lines in order,
// each once: a file that was renamed is held open and read to its end before the next one is begun.
// Belongs to its FileTail.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time/clock.h"
#include "exporters/security/tail/file_tail.h"
#include "exporters/security/tail/line_sink.h"
#include "exporters/security/tail/log_file.h"
#include "exporters/security/tail/rotated_files.h"
#include "exporters/security/tail/tail_positions.h"
#include "exporters/security/tail/tail_stats.h"

namespace picket::security {

/// What the logs of one source have in common; outlives them.
struct TailContext {
  const TailOptions& options;
  const Clock& clock;
  const std::vector<std::string>& roots;
  TailStats& stats;
  std::string& scratch;  ///< a block
};

struct LogStep {
  std::uint64_t bytes = 0, lines = 0;
  std::uint64_t work = 0;  ///< bytes that were gone through
  bool progress = false;   ///< worth another step
};

class FollowedLog {
 public:
  /// Without a stored position: from `from` of the file that is there. `may_vanish`: that it is gone is no
  /// problem, the pattern has others.
  FollowedLog(TailContext context, std::string path, TailFrom from, bool may_vanish);
  FollowedLog(TailContext context, FilePosition stored, bool may_vanish);

  /// Opens the file: position() says where reading it begins.
  void find_start() { static_cast<void>(ensure_open()); }
  /// At most one block, and about `budget` bytes.
  LogStep step(LineSink& sink, std::uint64_t budget);

  std::optional<FilePosition> position() const;
  std::uint64_t lag_bytes() const;
  const std::string& path() const { return position_.path; }
  const std::string& problem() const { return problem_; }
  /// When `file`, at `path`, is one that was left, or whose log is gone: where reading it goes on. Then it is no
  /// longer this log's.
  std::optional<FilePosition> give_up(const FileFacts& file, const std::string& path);
  /// The next step() looks whether one of the files that were left has grown.
  void look_at_left() { left_due_ = true; }
  bool over() const { return over_; }  ///< gone for good: nothing more will come of it
  bool is_open() const { return current_.has_value(); }
  /// Closes the file until it changes, if it is the live one and read to its end.
  bool close_when_quiet();
  bool holds(const FileFacts& file) const;
  /// Whether all was read that was there when this was made: surely so when true.
  bool is_past_start() const { return past_start_; }
  /// When the live file was written last before this was made, nanoseconds since 1970, until is_past_start().
  std::optional<std::int64_t> backlog_until() const {
    return at_start_ && !past_start_ ? std::optional(at_start_->modified) : std::nullopt;
  }
  void add_watched(std::vector<std::string>& files) const;

 private:
  struct Next {
    LogFile file;
    bool live = false;     ///< at the log's path: the writer may still be at the file before it
    bool renamed = false;  ///< the file before it lives on
  };
  bool ensure_open();
  Result<void> begin_live();
  Result<void> resume();
  std::optional<LogFile> find_stored(const std::vector<RotatedFile>& files) const;
  bool begin_with_unread(const std::vector<RotatedFile>& files);
  std::optional<LogFile> open_behind_lost(const std::vector<RotatedFile>& files) const;
  Result<void> begin_behind_lost(const std::vector<RotatedFile>& files);
  void begin(LogFile file, std::uint64_t offset);
  void begin_unread(LogFile file);
  void begin_anew();
  std::optional<LogFile> open_same_content(const RotatedFile& entry) const;
  std::optional<LogFile> find_copy() const;
  void take_copy(LogFile copy);

  struct Piece {
    std::string_view bytes;
    std::uint64_t budget;
    LineOrigin origin;  ///< of the first byte
  };
  LogStep give(const Piece& piece, bool& skipping, LineSink& sink);
  bool give_line(std::string_view line, const LineOrigin& where, LineSink& sink);
  void give_last(std::string_view rest, LineSink& sink, LogStep& step);
  LineOrigin origin() const;

  void leave(const FileIdentity& found);
  std::optional<LeftFile> take_left(const LogFile& file);
  bool was_left(const LogFile& file, const std::vector<RotatedFile>& files) const;
  bool is_backup(const LogFile& file) const;
  LogStep read_left(LineSink& sink, std::uint64_t budget);
  LogStep read_left(LeftFile& left, LineSink& sink, std::uint64_t budget);
  std::string find_left(const LeftFile& left);

  LogStep at_end(std::string_view rest, LineSink& sink);
  void look_for_next();
  std::optional<Next> next_of(const std::vector<RotatedFile>& files);
  std::optional<std::size_t> index_of_current(const std::vector<RotatedFile>& files) const;
  bool is_newer(const RotatedFile& file) const;
  bool is_finished() const;
  bool is_idle() const;
  bool goes_on_in_next() const;
  void go_on_with_next();
  LogStep at_gone_end(std::string_view rest, LineSink& sink);
  void note_facts();
  void note_before(std::string_view read);
  void note_start(bool is_over);
  void failed(const Error& error);
  void reading_works();
  Result<LogFile> open(const std::string& path) const;

  TailContext context_;
  const TailFrom from_;
  const bool may_vanish_;
  FilePosition position_;
  bool started_;  ///< position_ says a place
  std::optional<LogFile> current_;
  std::optional<Next> next_;
  bool is_copy_ = false;           ///< current_ has what was truncated: it does not grow
  bool broken_ = false;            ///< no more can be read of current_
  std::optional<FileFacts> rest_;  ///< of the live file that was closed: to see whether it changed
  bool over_ = false;
  std::optional<FileFacts> at_start_;  ///< the live file when this was made
  bool past_start_ = false;
  std::string problem_;
  bool left_due_ = true;
  std::vector<RotatedFile> rotated_;  ///< as they were when the folder had changed last
  std::int64_t rotated_at_ = 0;       ///< the folder's change then, nanoseconds since 1970
  MonoTime retry_at_{}, last_growth_{};
  std::optional<MonoTime> gone_since_;
};

}  // namespace picket::security
