#include "exporters/security/sources/sources.h"

#include <algorithm>

namespace picket::security {

Result<void> Sources::apply(const std::vector<SourceConfig>& configs,
                            std::shared_ptr<const Analysis> analysis) {
  for (const SourceConfig& config : configs) {
    if (const auto parser = make_parser(config.format); !parser) return fail(parser, config.name);
  }
  const bool is_judged_alike = analysis_ == analysis;
  Threads kept = threads(), next;
  std::erase_if(kept, [&](const std::shared_ptr<SourceThread>& thread) {
    return !is_judged_alike || std::ranges::find(configs, thread->config()) == configs.end();
  });
  {
    const MutexLock lock(mutex_);
    if (!started_) started_ = parts_.clock.mono();
    next = std::exchange(threads_, kept);
  }
  next.clear();  // those that are not kept end here, before others begin with their states
  analysis_ = std::move(analysis);
  for (const SourceConfig& config : configs) {
    const auto same = std::ranges::find(kept, config, &SourceThread::config);
    if (same != kept.end()) {
      next.push_back(*same);
      continue;
    }
    auto reader = SourceReader::open(config, parts_, *analysis_);
    if (!reader) return fail(reader);
    next.push_back(std::make_shared<SourceThread>(config, parts_, std::move(*reader)));
  }
  const MutexLock lock(mutex_);
  threads_ = std::move(next);
  return {};
}

void Sources::stop() {
  Threads ended;
  const MutexLock lock(mutex_);
  ended.swap(threads_);
}

Sources::Threads Sources::threads() const {
  const MutexLock lock(mutex_);
  return threads_;
}

std::vector<SourceStatusPtr> Sources::status() const {
  std::vector<SourceStatusPtr> all;
  for (const auto& thread : threads()) all.push_back(thread->status());
  return all;
}

std::string Sources::hold() const {
  std::optional<MonoTime> started;
  {
    const MutexLock lock(mutex_);
    started = started_;
  }
  if (started && parts_.clock.mono() - *started >= kHoldMax) return {};
  for (const SourceStatusPtr& source : status()) {
    if (!source->caught_up)
      return fmt::format("source \"{}\": what was read before is read again", source->name);
  }
  return started ? "" : "not started";
}

}  // namespace picket::security
