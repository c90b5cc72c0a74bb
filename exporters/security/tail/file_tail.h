// From a path pattern to the lines of its files, each exactly once, through rotation: by rename, by copy and
// truncation, compressed or not, also while nothing ran. Driven by its owner, on one thread at a time; never
// blocks on what is not a regular file. TailWait says when it is worth reading again.
//
//   FileTail tail(options, clock, stored_positions);       // nullopt: never ran before
//   while (tail.read(sink, Bytes{4 << 20}).more) { ... }   // until nothing waits
//   store(tail.positions(), counters);                     // one record: both say the same lines
//   wait.watch(tail.watched()); wait.wait(...);
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/text/bytes.h"
#include "base/text/duration.h"
#include "base/time/clock.h"
#include "exporters/security/tail/line_sink.h"
#include "exporters/security/tail/tail_positions.h"
#include "exporters/security/tail/tail_stats.h"

namespace picket::security {

enum class TailFrom : std::uint8_t { Start, End };

struct TailOptions {
  std::string pattern{};          ///< absolute, glob(7): "/var/log/nginx/*.log". Rotated names are no logs
  TailFrom from = TailFrom::End;  ///< of files that are there when the pattern is new; later ones: 0
  std::vector<std::string> allowed_roots{};  ///< folders that links may lead to; empty: the pattern's folder
  Bytes line_limit{64 << 10};                ///< longer lines are skipped and counted
  std::size_t max_files = 1000;              ///< live files followed at once
  std::size_t max_open = 256;  ///< of those, with open descriptors while nothing is written to them
  Bytes gzip_limit{std::uint64_t{64} << 30};   ///< uncompressed, of one file: the rest is a read error
  Duration idle = std::chrono::seconds(5);     ///< a renamed file is over when it has not grown for so long
  Duration rescan = std::chrono::seconds(10);  ///< how often the pattern is looked up
  Duration retry = std::chrono::seconds(1);    ///< between tries to open what failed
  bool operator==(const TailOptions&) const = default;
};

struct TailReport {
  std::uint64_t bytes = 0;  ///< passed by this call
  std::uint64_t lines = 0;  ///< given by this call
  bool more = false;        ///< the budget ended it: read again without waiting
};

/// A file or folder to be woken for.
struct TailWatched {
  std::vector<std::string> folders{};  ///< in which files come and go
  std::vector<std::string>
      files{};  ///< names of open descriptors ("/proc/self/fd/7"): the file, not its name
};

class FollowedLog;
struct FileFacts;
struct LogStep;
struct TailContext;

class FileTail {
 public:
  /// `clock` outlives it. Opens nothing yet.
  FileTail(TailOptions options, const Clock& clock, std::optional<TailPositions> stored);
  ~FileTail();
  FileTail(const FileTail&) = delete;
  FileTail& operator=(const FileTail&) = delete;

  /// Looks up the pattern and opens what it finds, so that positions() says where reading begins.
  void find_start();
  /// Gives the complete lines of at most about `budget` bytes to `sink` (one line more at most), the files in
  /// turn, each from old to new. At the start, files that were written last long before the others come first:
  /// what reads the lines has a clock that goes forward.
  TailReport read(LineSink& sink, Bytes budget);
  /// The next read() looks up the pattern, whatever the time is.
  void rescan() { scan_due_ = true; }

  /// Where reading goes on: exactly the lines given so far are before it.
  TailPositions positions() const;
  const TailStats& stats() const { return stats_; }
  std::uint64_t lag_bytes()
      const;  ///< there and not read at the last read(); compressed files: as compressed
  /// Empty when every file can be read; else why not, for people: "/var/log/x.log: permission denied".
  std::string problem() const;
  bool up() const { return problem().empty(); }
  TailWatched watched() const;
  /// Whether all was read that was there at the first read(): surely so when true, also while more comes all the
  /// time.
  bool is_past_start() const;

 private:
  void scan();
  TailContext context();
  void find_roots();
  void add_stored_logs();
  void add_new_logs(const std::vector<std::string>& matches);
  void add_log(const std::string& path, std::optional<FilePosition> known);
  std::optional<FilePosition> take_known(const std::string& path);
  bool is_live_log(const std::string& path, const std::vector<std::string>& matches) const;
  bool is_no_file(const std::string& path) const;
  bool is_held(const std::string& path, const std::vector<FileFacts>& added) const;
  std::vector<FollowedLog*> logs_in_turn();
  std::vector<FollowedLog*> old_logs() const;
  LogStep take_turn(FollowedLog& log, LineSink& sink, std::uint64_t budget);
  void drop_logs_that_are_over();
  bool has_wildcard() const;

  const TailOptions options_;
  const Clock& clock_;
  std::optional<TailPositions> stored_;
  std::vector<FilePosition> others_;  ///< stored, and not followed now: another pattern may find them again
  std::vector<std::string> roots_;    ///< real paths
  std::map<std::string, std::unique_ptr<FollowedLog>> logs_;
  std::set<std::string> refused_;  ///< paths for which the last scan had no room
  std::string turn_;               ///< the path of the log that was read last
  std::size_t open_ = 0;           ///< logs with open files
  std::string scratch_;            ///< a block
  std::string scan_problem_;
  bool scan_due_ = true, first_scan_ = true;
  MonoTime next_scan_{};
  TailStats stats_;
};

}  // namespace picket::security
