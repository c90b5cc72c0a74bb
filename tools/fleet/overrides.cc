#include "tools/fleet/overrides.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "base/text/url.h"

namespace picket::fleet {
namespace {

/// Source: prometheus 2.42, config.ScrapeConfig and HTTPClientConfig. Service discovery is any key that ends
/// so.
constexpr std::array<std::string_view, 23> kJobKeys{"honor_labels",    "honor_timestamps",
                                                    "params",          "scrape_interval",
                                                    "scrape_timeout",  "metrics_path",
                                                    "scheme",          "body_size_limit",
                                                    "sample_limit",    "target_limit",
                                                    "label_limit",     "label_name_length_limit",
                                                    "basic_auth",      "label_value_length_limit",
                                                    "oauth2",          "follow_redirects",
                                                    "enable_http2",    "tls_config",
                                                    "proxy_url",       "static_configs",
                                                    "relabel_configs", "metric_relabel_configs",
                                                    "authorization"};
constexpr std::string_view kDiscovery = "_sd_configs";

void read_job(MapReader& r, ScrapeJob& job) {
  r.require("job_name", job.name);
  if (r.has("job_name") && job.name.empty()) r.problem("job_name", "must not be empty");
  for (const std::string_view key : kJobKeys) r.ignore(key);
  for (const YamlNode::Entry& entry : r.value().node().entries) {
    if (entry.key.ends_with(kDiscovery)) r.ignore(entry.key);
  }
  r.finish();
}

void read_link(MapReader& r, const std::string& key, std::string& out) {
  std::string url;
  if (!r.read(key, url)) return;
  if (!is_http_url(url)) return r.problem(key, "must be a URL that begins with http:// or https://");
  if (!url.ends_with('/')) url += '/';
  out = url;
}

void read_links(const ValueReader& links, Overrides& out) {
  if (!links.is_map()) return;
  MapReader r(links);
  read_link(r, "runbooks", out.runbooks);
  read_link(r, "grafana", out.grafana);
  for (const Program& program : programs()) {
    std::string url;
    read_link(r, program.name, url);
    if (!url.empty()) out.urls[program.name] = url;
  }
  r.finish();
}

void read_prometheus(const ValueReader& value, Overrides& out) {
  if (!value.is_map()) return;
  if (value.node().find("scrape_configs") != nullptr) {
    value.problem("scrape_configs stands at the top of this file");
  }
  out.prometheus = value.node();
}

void read_parts(MapReader& r, Overrides& out) {
  if (const auto thresholds = r.at("thresholds")) override_thresholds(*thresholds, out.thresholds);
  if (const auto jobs = r.at("scrape_configs")) out.scrape_jobs = read_scrape_jobs(*jobs);
  if (const auto prometheus = r.at("prometheus")) read_prometheus(*prometheus, out);
  if (const auto links = r.at("links")) read_links(*links, out);
  r.finish();
}

}  // namespace

const std::vector<Program>& programs() {
  static const std::vector<Program> all{
      {"health_exporter", 9801}, {"business_exporter", 9802}, {"security_exporter", 9803}, {"alertd", 9093},
      {"authd", 9180},           {"prometheus", 9090, true}};  // it knows no passwords
  return all;
}

std::vector<ScrapeJob> read_scrape_jobs(const ValueReader& list) {
  std::vector<ScrapeJob> jobs;
  if (!list.is_list()) return jobs;
  std::set<std::string> names;
  for (std::size_t i = 0; i < list.node().items.size(); ++i) {
    const ValueReader item = list.item_at(i);
    if (!item.is_map()) continue;
    ScrapeJob job{.name = {}, .node = item.node()};
    MapReader r(item);
    read_job(r, job);
    if (!job.name.empty() && !names.insert(job.name).second) {
      r.problem("job_name", fmt::format("\"{}\" is defined twice", job.name));
    }
    jobs.push_back(std::move(job));
  }
  return jobs;
}

Result<Overrides> read_overrides(const std::string& path, const Thresholds& shipped, const Files& files) {
  Overrides overrides{.thresholds = shipped};
  const Result<std::string> text = files.read(path, 10_MiB);
  if (!text && text.error().kind == ErrorKind::NotFound) return overrides;
  if (!text) return fail(text);
  Problems problems(path);
  const YamlNode root = parse_yaml(*text, problems);
  ReadContext context{files, problems};
  const ValueReader whole(root, "", context);
  if (problems.empty() && whole.is_map()) {
    MapReader r(whole);
    read_parts(r, overrides);
  }
  if (!problems.empty()) return fail(problems.error());
  return overrides;
}

}  // namespace picket::fleet
