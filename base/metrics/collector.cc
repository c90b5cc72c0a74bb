#include "base/metrics/collector.h"

namespace picket {
namespace {

class SingleStep final : public Collection {
 public:
  explicit SingleStep(std::function<void(MetricWriter&)> write) : write_(std::move(write)) {}

  bool step(MetricWriter& writer) override {
    if (!write_) return false;
    write_(writer);
    write_ = nullptr;
    return true;
  }

 private:
  std::function<void(MetricWriter&)> write_;
};

}  // namespace

std::unique_ptr<Collection> collect_once(std::function<void(MetricWriter&)> write) {
  return std::make_unique<SingleStep>(std::move(write));
}

}  // namespace picket
