#include "exporters/security/sources/sources.h"

#include <algorithm>
#include <iterator>

namespace picket::security {
namespace {

using Parsers = std::vector<std::unique_ptr<LineParser>>;

Result<Parsers> parsers_of(const std::vector<SourceConfig>& configs) {
  Parsers parsers;
  parsers.reserve(configs.size());
  for (const SourceConfig& config : configs) {
    auto parser = make_parser(config.format);
    if (!parser) return fail(parser, config.name);
    parsers.push_back(std::move(*parser));
  }
  return parsers;
}

}  // namespace

Result<void> Sources::apply(const std::vector<SourceConfig>& configs,
                            std::shared_ptr<const Analysis> analysis) {
  Result<Parsers> parsers = parsers_of(configs);  // all that can fail
  if (!parsers) return fail(parsers);
  const bool is_judged_alike = analysis_ == analysis;
  const Threads before = threads();
  AllLeft left = begin_to_apply(configs);
  Threads next, ending;
  std::ranges::remove_copy_if(before, std::back_inserter(ending), [&](const auto& thread) {
    return is_judged_alike && std::ranges::find(configs, thread->config()) != configs.end();
  });
  for (const auto& thread : ending) thread->ask_to_end();
  for (const auto& thread : ending) left[thread->config().name] = end(*thread);  // before others begin
  analysis_ = std::move(analysis);
  for (std::size_t i = 0; i < configs.size(); ++i) {
    const SourceConfig& config = configs[i];
    auto was_left = left.extract(config.name);
    const auto same = std::ranges::find(before, config, &SourceThread::config);
    if (was_left.empty() && same != before.end()) {
      next.push_back(*same);
      continue;
    }
    auto reader = SourceReader::open(config, parts_, *analysis_, std::move((*parsers)[i]),
                                     was_left ? std::move(was_left.mapped().unstored) : std::nullopt);
    next.push_back(std::make_shared<SourceThread>(config, parts_, std::move(reader)));
  }
  for (auto& [name, source] : left) {
    if (source.unstored && source.unstored->is_stored) source.unstored.reset();
  }
  const MutexLock lock(mutex_);
  threads_ = std::move(next);
  left_ = std::move(left);
  rules_ = analysis_->rules;
  return {};
}

Sources::AllLeft Sources::begin_to_apply(const std::vector<SourceConfig>& configs) {
  const MutexLock lock(mutex_);
  if (!started_) {
    started_ = parts_.clock.mono();
    for (const SourceConfig& config : configs) of_start_.insert(config.name);
  }
  return left_;
}

/// One whose reader hangs knows what it has shown, and goes on from what is stored.
Sources::Left Sources::end(SourceThread& thread) const {
  const bool has_ended = thread.end();
  if (has_ended)
    thread.store();
  else
    tell_of_hanging(thread);
  return {thread.status()->signals.counters, has_ended ? std::optional(thread.hand_over()) : std::nullopt};
}

void Sources::tell_of_hanging(const SourceThread& thread) const {
  parts_.log.error("a source hangs in reading a file: its reader is left behind",
                   {{"source", thread.config().name}, {"path", thread.config().files.pattern}});
}

void Sources::stop() {
  const Threads all = threads();
  for (const auto& thread : all) thread->ask_to_end();
  for (const auto& thread : all) {
    if (!thread->end()) tell_of_hanging(*thread);
  }
}

void Sources::store() {
  for (const auto& thread : threads()) thread->store();
}

Sources::Threads Sources::threads() const {
  const MutexLock lock(mutex_);
  return threads_;
}

SourcesView Sources::view() const {
  SourcesView view;
  Threads threads;
  {
    const MutexLock lock(mutex_);
    threads = threads_;
    view.rules = rules_;
    for (const auto& [name, source] : left_) add(view.left, source.counters);
  }
  for (const auto& thread : threads) view.sources.push_back(thread->status());
  return view;
}

std::string Sources::hold() const {
  std::optional<MonoTime> started;
  std::set<std::string> of_start;
  {
    const MutexLock lock(mutex_);
    started = started_;
    of_start = of_start_;
  }
  if (started && parts_.clock.mono() - *started >= kHoldMax) return {};
  for (const SourceStatusPtr& source : status()) {
    if (!source->caught_up && of_start.contains(source->name))
      return fmt::format("source \"{}\": what was read before is read again", source->name);
  }
  return started ? "" : "not started";
}

}  // namespace picket::security
