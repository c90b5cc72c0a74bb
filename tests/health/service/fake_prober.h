// A prober whose results the test gives, and a registry that knows it as `fake: {target: x}`.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/exec/mutex.h"
#include "exporters/health/probe/prober_registry.h"

namespace picket::health::test {

/// What the fake probers of one test do, by target. Safe from any thread.
class FakeProbes {
 public:
  /// Every later probe of `target` answers this at once.
  void answer(const std::string& target, ProbeResult result) {
    const MutexLock lock(mutex_);
    answers_[target] = std::move(result);
  }
  /// Later probes of `target` wait for release().
  void hold(const std::string& target) {
    const MutexLock lock(mutex_);
    answers_.erase(target);
  }
  void release(const std::string& target, const ProbeResult& result) {
    Prober::Done done;
    {
      const MutexLock lock(mutex_);
      auto& queue = held_[target];
      if (queue.empty()) return;
      done = std::move(queue.front());
      queue.pop_front();
    }
    done(result);
  }
  void start(const std::string& target, Prober::Done done) {
    ProbeResult result;
    {
      const MutexLock lock(mutex_);
      ++started_[target];
      const auto answer = answers_.find(target);
      if (answer == answers_.end()) {
        held_[target].push_back(std::move(done));
        return;
      }
      result = answer->second;
    }
    done(result);
  }
  int started(const std::string& target) const {
    const MutexLock lock(mutex_);
    const auto found = started_.find(target);
    return found == started_.end() ? 0 : found->second;
  }
  std::size_t held() const {
    const MutexLock lock(mutex_);
    std::size_t count = 0;
    for (const auto& [target, queue] : held_) count += queue.size();
    return count;
  }

 private:
  mutable Mutex mutex_;
  std::map<std::string, ProbeResult> answers_ GUARDED_BY(mutex_);
  std::map<std::string, std::deque<Prober::Done>> held_ GUARDED_BY(mutex_);
  std::map<std::string, int> started_ GUARDED_BY(mutex_);
};

class FakeProberConfig final : public ProberConfig {
 public:
  FakeProberConfig(std::string target, FakeProbes* probes)
      : target_{std::move(target), ""}, probes_(probes) {}
  std::string_view kind() const override { return "fake"; }
  const ProbeTarget& target() const override { return target_; }
  std::shared_ptr<Prober> make(const ProberServices&) const override { return make_fake(); }
  std::shared_ptr<Prober> make_fake() const {
    class Fake final : public Prober {
     public:
      explicit Fake(FakeProbes* probes) : probes_(probes) {}
      void probe(const ProbeTarget& target, Deadline, Done done) override {
        probes_->start(target.address, std::move(done));
      }

     private:
      FakeProbes* probes_;
    };
    return std::make_shared<Fake>(probes_);
  }

 private:
  ProbeTarget target_;
  FakeProbes* probes_;
};

inline ProberRegistry fake_registry(FakeProbes* probes = nullptr) {
  ProberRegistry registry;
  registry.add({"fake", [probes](const ValueReader& value) -> std::shared_ptr<const ProberConfig> {
                  std::string target;
                  MapReader r(value);
                  const bool fine = r.require("target", target);
                  r.finish();
                  if (!fine) return nullptr;
                  return std::make_shared<FakeProberConfig>(target, probes);
                }});
  return registry;
}

inline ProbeResult success(Duration took = std::chrono::milliseconds(5)) {
  ProbeResult result;
  result.success = true;
  result.duration = took;
  return result;
}
inline ProbeResult failure(FailureReason reason = FailureReason::Connect,
                           std::string detail = "connection refused") {
  ProbeResult result;
  result.fail_with(reason, std::move(detail));
  result.duration = std::chrono::milliseconds(1);
  return result;
}

}  // namespace picket::health::test
