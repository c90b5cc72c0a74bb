// The posture scans with all that they need: loop, resolver, HTTP client. Safe from any thread; start() and stop()
// are the owner's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "exporters/security/posture/collector.h"
#include "exporters/security/posture/scanner.h"

namespace picket::security {

class Posture {
 public:
  struct Services {
    Scheduler& scheduler;
    Random& random;
    Logger& log;
    Files& files;
    MetricRegistry& registry;
    std::string findings_file;  ///< where the open findings are kept
    std::string user_agent;
    Scanner::EventSink events;
  };
  explicit Posture(const Services& services);
  ~Posture();
  Posture(const Posture&) = delete;
  Posture& operator=(const Posture&) = delete;

  void apply(std::vector<ScanConfig> scans);
  void start() { scanner_->start(); }
  void stop() { scanner_->stop(); }
  std::shared_ptr<const PostureSnapshot> snapshot() const { return scanner_->snapshot(); }

 private:
  FindingsFile findings_;  ///< used by the first apply(), then by the loop
  bool is_loaded_ = false;
  EventLoop loop_;
  Resolver resolver_;
  CurlClient http_;
  Collector collector_;
  std::shared_ptr<Scanner> scanner_;
};

}  // namespace picket::security
