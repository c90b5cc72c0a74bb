// Sources and what their lines say, on /metrics: from snapshots, so that a scrape waits for nothing.
#pragma once

#include <functional>
#include <vector>

#include "base/metrics/collector.h"
#include "exporters/security/posture/scanner.h"
#include "exporters/security/sources/source_status.h"

namespace picket::security {

class SecurityCollector final : public Collector {
 public:
  struct Parts {
    std::function<SourcesView()> sources;
    std::function<std::shared_ptr<const PostureSnapshot>()> posture;
  };
  explicit SecurityCollector(Parts parts) : parts_(std::move(parts)) {}

  std::string_view name() const override { return "security"; }
  std::unique_ptr<Collection> collect() override;

 private:
  const Parts parts_;
};

}  // namespace picket::security
