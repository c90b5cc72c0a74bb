// Somebody else's service with prometheus-cpp's Exposer, which serves by CivetWeb: /metrics for everybody and
// /private behind a password. It listens on two loopback addresses, so that one of them can be denied.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <memory>
#include <string>

namespace picket::test {

class ForeignExporter {
 public:
  static constexpr const char* kUser = "scraper";
  static constexpr const char* kPassword = "foreign-secret";
  static constexpr const char* kOtherAddress = "127.0.0.2";

  ForeignExporter();  ///< starts

  void start();
  void stop() { exposer_.reset(); }
  int port() const { return port_; }
  std::string target(const std::string& address = "127.0.0.1") const {
    return address + ":" + std::to_string(port_);
  }
  std::string url(const std::string& path) const { return "http://" + target() + path; }
  void finish_jobs(int count) { jobs_.Increment(count); }
  void set_queue(double depth) { queue_.Set(depth); }

 private:
  const int port_;
  const std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  prometheus::Counter& jobs_;
  prometheus::Gauge& queue_;
  std::unique_ptr<prometheus::Exposer> exposer_;
};

}  // namespace picket::test
