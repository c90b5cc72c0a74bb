// The file with a source's checkpoint, and an older one beside it for when the newest is damaged: from either the
// same counts come about, by reading more lines again. Not thread-safe.
#pragma once

#include <optional>
#include <string>

#include "base/files/files.h"
#include "base/log/logger.h"
#include "exporters/security/sources/checkpoint.h"

namespace picket::security {

class StateFile {
 public:
  /// How old the older one may become.
  static constexpr Duration kPreviousAge = std::chrono::minutes(1);
  static constexpr std::size_t kBytesPerSecond = std::size_t{1} << 20;

  StateFile(std::string path, Files& files, const Clock& clock, Logger& log)
      : path_(std::move(path)), files_(files), clock_(clock), log_(log) {}

  /// Nothing when there is none. A damaged file is renamed, never deleted, and the log says so.
  std::optional<Checkpoint> load();
  /// An older copy that cannot be written is no failure: the log says so.
  Result<void> save(const Checkpoint& checkpoint);
  /// How long after the last one the next may be written, so that no more than kBytesPerSecond are.
  Duration pause() const;

 private:
  std::optional<Checkpoint> load(const std::string& path);

  std::string path_;
  Files& files_;
  const Clock& clock_;
  Logger& log_;
  std::optional<MonoTime> previous_at_;
  bool is_previous_failing_ = false;
  std::size_t size_ = 0;  ///< of the last one
};

}  // namespace picket::security
