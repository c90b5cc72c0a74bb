// `datasource:` of alertd.yml: where queries go. Keys of Prometheus' http_config may stand beside `url` or
// under `http_config`.
#pragma once

#include <string>

#include "base/http/client.h"

namespace picket::alertd {

struct DatasourceConfig {
  std::string url = "http://127.0.0.1:9090";  ///< without a slash at the end
  std::string external_url;                   ///< where people find it, for links to expressions; "": `url`
  HttpConfig http;
  Duration timeout = std::chrono::seconds(30);
  Bytes max_response = 64_MiB;
  Headers headers;
  /// How long an alert is held that is missing from answers which are not whole.
  Duration partial_response_hold = std::chrono::hours(1);
  bool forward_queries = true;  ///< alertd's /api/v1/query and its kin ask it

  const std::string& graph_url() const { return external_url.empty() ? url : external_url; }
};
void read_yaml(MapReader& r, DatasourceConfig& c);

}  // namespace picket::alertd
