#include "exporters/security/sources/state_file.h"

#include "base/time/timestamp.h"

namespace picket::security {
namespace {

constexpr unsigned kMode = 0600;

}  // namespace

std::optional<Checkpoint> StateFile::load() {
  if (auto newest = load(path_)) return newest;
  return load(path_ + ".previous");
}

std::optional<Checkpoint> StateFile::load(const std::string& path) {
  const Result<std::string> text = files_.read(path, Bytes{kCheckpointMax});
  if (!text && text.error().kind == ErrorKind::NotFound) return std::nullopt;
  Result<Checkpoint> checkpoint = text ? decode_checkpoint(*text) : fail(text);
  if (checkpoint) return std::move(*checkpoint);
  const std::string aside = fmt::format("{}.damaged-{}", path, unix_millis(clock_.wall()) / 1000);
  const Result<void> kept = text ? files_.write_atomic(aside, *text, kMode) : fail(text);
  if (kept) (void)files_.remove(path);
  log_.error("the stored state of a source cannot be used",
             {{"file", path}, {"error", checkpoint.error()}, {"kept_as", kept ? aside : path}});
  return std::nullopt;
}

Result<void> StateFile::save(const Checkpoint& checkpoint) {
  const std::string text = encode_checkpoint(checkpoint);
  size_ = text.size();
  if (size_ > kCheckpointMax)  // the next start would not read it
    return fail(ErrorKind::InvalidInput,
                fmt::format("the state has {} bytes, more than {}", size_, kCheckpointMax));
  if (const auto saved = files_.write_atomic(path_, text, kMode); !saved) return fail(saved);
  const MonoTime now = clock_.mono();
  if (previous_at_ && now - *previous_at_ < kPreviousAge) return {};
  previous_at_ = now;
  const Result<void> kept = files_.write_atomic(path_ + ".previous", text, kMode);
  if (!kept && !is_previous_failing_)  // the state itself is stored
    log_.warn("the older copy of a source's state is not stored",
              {{"file", path_ + ".previous"}, {"error", kept.error()}});
  is_previous_failing_ = !kept;
  return {};
}

Duration StateFile::pause() const {
  return std::chrono::milliseconds(size_ * 1000 / kBytesPerSecond);
}

}  // namespace picket::security
