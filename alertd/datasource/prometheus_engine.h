// QueryEngine over Prometheus' HTTP API (POST /api/v1/query): Prometheus, Thanos, Mimir, VictoriaMetrics.
#pragma once

#include <string>

#include "alertd/datasource/datasource_config.h"
#include "alertd/series/query_engine.h"
#include "base/http/client.h"

namespace picket::alertd {

class PrometheusEngine final : public QueryEngine {
 public:
  PrometheusEngine(DatasourceConfig config, HttpClient& client);

  Result<Vector> instant(const Query& query, Timestamp time) override;

 private:
  const DatasourceConfig config_;
  HttpClient& client_;
};

}  // namespace picket::alertd
