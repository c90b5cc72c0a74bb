// QueryEngine over Prometheus' HTTP API (POST /api/v1/query): Prometheus, Thanos, Mimir, VictoriaMetrics.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "alertd/datasource/datasource_config.h"
#include "alertd/series/query_engine.h"
#include "base/http/client.h"

namespace picket::alertd {

class PrometheusEngine final : public QueryEngine {
 public:
  PrometheusEngine(DatasourceConfig config, HttpClient& client);

  Result<Vector> instant(const Query& query, Timestamp time) override;
  std::uint64_t histograms_skipped() const { return histograms_skipped_; }

 private:
  const DatasourceConfig config_;
  HttpClient& client_;
  std::atomic<std::uint64_t> histograms_skipped_{0};
};

}  // namespace picket::alertd
