#include "exporters/security/sources/source_reader.h"

#include <algorithm>

namespace picket::security {
namespace {

/// A time this far past the moment of reading is a mistake of the log, not its newest event.
constexpr Duration kFuture = std::chrono::hours(24);

std::size_t index_of(ParseResult result) {
  return static_cast<std::size_t>(result);
}

}  // namespace

/// What a file's lines go into.
class SourceReader::Lines final : public LineSink {
 public:
  explicit Lines(SourceReader& reader) : reader_(reader) {}

  void line(std::string_view text, const LineOrigin& origin) override {
    const ParseResult result = reader_.parser_->parse(text, origin.read_at, record_);
    ++reader_.now_.parsed[index_of(result)];
    if (result != ParseResult::Ok) return;
    note_time(origin);
    if (record_.chain == ChainCheck::Broken) reader_.tell_of_break(record_.chain_row);
    reader_.signals_.take(record_, origin, reader_.events_);
  }

 private:
  void note_time(const LineOrigin& origin) {
    if (!record_.time || *record_.time > origin.read_at + kFuture) return;
    auto& newest = reader_.now_.last_event;
    newest = newest ? std::max(*newest, *record_.time) : *record_.time;
  }

  SourceReader& reader_;
  LogRecord record_;
};

/// Made before anything can be wrong with it.
struct SourceReader::Begin {
  StateFile file;
  std::optional<HandedOver> before;
  std::unique_ptr<LineParser> parser;
};

std::unique_ptr<SourceReader> SourceReader::open(const SourceConfig& config, const SourceParts& parts,
                                                 const Analysis& analysis, std::unique_ptr<LineParser> parser,
                                                 std::optional<HandedOver> before) {
  StateFile file(fmt::format("{}/{}.state", parts.folder, config.name), parts.files, parts.clock, parts.log);
  if (!before) {
    if (std::optional<Checkpoint> stored = file.load()) before = HandedOver{.state = std::move(*stored)};
  }
  return std::unique_ptr<SourceReader>(
      new SourceReader(config, parts, analysis, {std::move(file), std::move(before), std::move(parser)}));
}

SourceReader::SourceReader(const SourceConfig& config, const SourceParts& parts, const Analysis& analysis,
                           Begin begin)
    : config_(config),
      parts_(parts),
      state_file_(std::move(begin.file)),
      tail_(config.files, parts.clock,
            begin.before ? std::optional(begin.before->state.positions) : std::nullopt),
      parser_(std::move(begin.parser)),
      signals_(config.name, analysis.signals, analysis.detector),
      before_(begin.before ? begin.before->state.counts : SourceCounts{}) {
  now_.last_event = before_.last_event;
  if (begin.before) take_up(*begin.before);
  publish();
}

SourceReader::~SourceReader() = default;

void SourceReader::take_up(HandedOver& before) {
  has_state_ = true;
  caught_up_ = before.caught_up;
  checkpoint_at_ = before.checkpoint_at;
  checkpoint_failures_ = before.checkpoint_failures;
  checkpoint_problem_ = std::move(before.checkpoint_problem);
  if (const auto parser = parser_->restore(before.state.parser); !parser)
    parts_.log.warn("what the log's parser remembered is of another format",
                    {{"source", config_.name}, {"error", parser.error()}});
  if (const auto signals = signals_.restore(before.state.signals); !signals)
    parts_.log.error("stored signals cannot be used: their counters begin anew",
                     {{"source", config_.name}, {"error", signals.error()}});
}

/// From the position of before the first line: a crash in the first moments loses none, and none of their events.
void SourceReader::begin() {
  if (std::exchange(has_begun_, true) || has_state_) return;
  tail_.find_start();
  checkpoint();
  is_unstored_ = true;
}

bool SourceReader::step() {
  begin();
  Lines lines(*this);
  const TailReport report = tail_.read(lines, kBudget);
  if (is_left_) return false;
  if (!events_.empty()) parts_.events(std::exchange(events_, {}));
  const bool is_past_start = !report.more || tail_.is_past_start();
  const bool has_caught_up = is_past_start && !std::exchange(caught_up_, true);
  const TailStats stats = tail_.stats();
  if (report.bytes > 0 || stats != std::exchange(last_stats_, stats)) is_unstored_ = is_unshown_ = true;
  if (has_caught_up) is_unshown_ = true;
  return report.more;
}

SourceCounts SourceReader::counts() const {
  SourceCounts total = now_;
  total.tail = sum(before_.tail, tail_.stats());
  for (std::size_t i = 0; i < total.parsed.size(); ++i) total.parsed[i] += before_.parsed[i];
  return total;
}

Checkpoint SourceReader::state() {
  return {tail_.positions(), counts(), parser_->state(), signals_.to_json()};
}

HandedOver SourceReader::hand_over() {
  return {state(), caught_up_, checkpoint_at_, checkpoint_failures_, checkpoint_problem_, !is_unstored_};
}

void SourceReader::checkpoint() {
  if (!is_unstored_) return;
  const auto saved = state_file_.save(state());
  is_unshown_ = true;
  if (!saved) return note_unsaved(saved.error());
  if (!checkpoint_problem_.empty())
    parts_.log.info("the position in a log is stored again", {{"source", config_.name}});
  checkpoint_problem_.clear();
  checkpoint_at_ = parts_.clock.wall();
  has_state_ = true;
  is_unstored_ = false;
}

void SourceReader::checkpoint_behind_events() {
  if (!waits_for_events()) checkpoint();
}

void SourceReader::checkpoint_at_end() {
  if (!has_waiting_events()) checkpoint();
}

bool SourceReader::has_waiting_events() const {
  return parts_.events_waiting && parts_.events_waiting() > 0;
}

bool SourceReader::waits_for_events() {
  if (!has_waiting_events()) {
    events_wait_since_.reset();
    return false;
  }
  const MonoTime now = parts_.clock.mono();
  if (!events_wait_since_) events_wait_since_ = now;
  return has_state_ && now - *events_wait_since_ < kEventsPatience;
}

void SourceReader::note_unsaved(const Error& error) {
  ++checkpoint_failures_;
  if (checkpoint_problem_.empty())
    parts_.log.error("the position in a log is not stored", {{"source", config_.name}, {"error", error}});
  checkpoint_problem_ = error.message;
}

/// A line when a source cannot be read, and one when it can again.
void SourceReader::tell_of_problem(const std::string& problem) {
  if (problem.empty() == told_problem_.empty()) return;
  if (problem.empty())
    parts_.log.info("a source is read again", {{"source", config_.name}});
  else
    parts_.log.warn("a source cannot be read", {{"source", config_.name}, {"error", problem}});
  told_problem_ = problem;
}

/// One line a minute; all are counted.
void SourceReader::tell_of_break(std::int64_t row) {
  const MonoTime now = parts_.clock.mono();
  if (now < next_break_told_) return;
  next_break_told_ = now + std::chrono::minutes(1);
  parts_.log.error("the audit log is broken: a row was changed, or rows before it are missing",
                   {{"source", config_.name}, {"path", config_.files.pattern}, {"row", row}});
}

void SourceReader::publish() {
  if (is_left_) return;
  tell_of_problem(tail_.problem());
  auto status =
      std::make_shared<const SourceStatus>(SourceStatus{.name = config_.name,
                                                        .type = config_.format.type,
                                                        .path = config_.files.pattern,
                                                        .problem = tail_.problem(),
                                                        .counts = counts(),
                                                        .lag_bytes = tail_.lag_bytes(),
                                                        .caught_up = caught_up_,
                                                        .polling = polling_,
                                                        .checkpoint_at = checkpoint_at_,
                                                        .checkpoint_failures = checkpoint_failures_,
                                                        .checkpoint_problem = checkpoint_problem_,
                                                        .signals = signals_.snapshot(parts_.clock.wall())});
  is_unshown_ = false;
  const MutexLock lock(mutex_);
  status_ = std::move(status);
}

SourceStatusPtr SourceReader::status() const {
  const MutexLock lock(mutex_);
  return status_;
}

}  // namespace picket::security
