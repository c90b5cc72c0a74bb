#include "alertd/datasource/datasource_config.h"

namespace picket::alertd {

namespace {

/// `http_config: {...}`, the twin of the keys that stand beside `url`.
struct HttpBlock {
  HttpConfig http;
};

void read_yaml(MapReader& r, HttpBlock& c) {
  picket::read_yaml(r, c.http);
}

void read_url(MapReader& r, std::string_view key, std::string& url) {
  if (!r.read(key, url)) return;
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    r.problem(key, "must start with http:// or https://");
  while (url.ends_with('/')) url.pop_back();
}

}  // namespace

void read_yaml(MapReader& r, DatasourceConfig& c) {
  if (r.has("http_config")) {
    HttpBlock block;
    r.read("http_config", block);
    c.http = std::move(block.http);
  } else {
    picket::read_yaml(r, c.http);
  }
  read_url(r, "url", c.url);
  read_url(r, "external_url", c.external_url);
  r.read("timeout", c.timeout);
  r.read("max_response", c.max_response);
  r.read("partial_response_hold", c.partial_response_hold);
  r.read("forward_queries", c.forward_queries);
  std::map<std::string, std::string> headers;
  r.read("headers", headers);
  for (auto& [name, value] : headers) c.headers.set(name, std::move(value));
  if (c.timeout <= Duration::zero()) r.problem("timeout", "must be more than 0");
}

}  // namespace picket::alertd
