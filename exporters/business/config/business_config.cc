#include "exporters/business/config/business_config.h"

#include <array>
#include <map>
#include <set>

#include "base/text/suggest.h"

namespace picket::business {
namespace {

constexpr std::size_t kMaxQueries = 10'000;

/// Families that the exporter itself has.
constexpr std::array<std::string_view, 12> kOwnFamilies = {"business_up",
                                                           "business_database_connections",
                                                           "business_database_connect_failures_total",
                                                           "business_query_runs_total",
                                                           "business_query_failures_total",
                                                           "business_query_duration_seconds",
                                                           "business_query_rows",
                                                           "business_query_rows_dropped_total",
                                                           "business_query_last_success_timestamp_seconds",
                                                           "business_query_interval_seconds",
                                                           "business_query_stale",
                                                           "business_data_watermark_timestamp_seconds"};

bool is_own(std::string_view name) {
  return std::ranges::find(kOwnFamilies, name) != kOwnFamilies.end() ||
         name.starts_with("business_exporter_") || name.starts_with("process_");
}

/// Every name under which a family's series are written.
std::vector<std::string> written_names(const MetricConfig& metric) {
  if (metric.type != MetricType::Histogram) return {metric.name};
  return {metric.name, metric.name + "_bucket", metric.name + "_count", metric.name + "_sum"};
}

/// The file, with where things were defined, for the rules between its parts.
class FileReader {
 public:
  explicit FileReader(const ValueReader& root) : r_(root) {}

  BusinessConfig read() {
    each("databases", [this](const ValueReader& value) { read_database(value); });
    each("packs", [this](const ValueReader& value) { read_pack(value); });
    each("queries", [this](const ValueReader& value) { read_query(value); });
    r_.read("reports", config_.reports);
    r_.finish();
    return std::move(config_);
  }

 private:
  template <class Visit>
  void each(std::string_view key, const Visit& visit) {
    const auto list = r_.at(key);
    if (!list || !list->is_list()) return;
    for (std::size_t i = 0; i < list->node().items.size(); ++i) visit(list->item_at(i));
  }

  /// The value under `key`, to point a problem at; the element itself when absent.
  static ValueReader member(const ValueReader& element, std::string_view key) {
    const YamlNode* node = element.node().find(key);
    if (node == nullptr) return element;
    return {*node, element.path() + "." + std::string(key), element.context()};
  }

  void read_database(const ValueReader& value) {
    DatabaseConfig database;
    value.decode(database);
    if (!database.name.empty() && !databases_.insert(database.name).second)
      member(value, "name").problem(fmt::format("\"{}\" is defined twice", database.name));
    config_.databases.push_back(std::move(database));
  }

  void read_pack(const ValueReader& value) {
    PackUse use;
    value.decode(use);
    check_database(value, use.database);
    if (find_pack(use.pack) == nullptr) return;
    for (QueryConfig& query : use.queries()) {
      queries_.insert(query.name);
      for (const MetricConfig& metric : query.metrics) claim(metric, query.name, member(value, "pack"));
      config_.queries.push_back(std::make_shared<const QueryConfig>(std::move(query)));
    }
    config_.packs.push_back(std::move(use));
  }

  void check_database(const ValueReader& value, const std::string& name) const {
    if (name.empty() || databases_.contains(name)) return;
    const std::vector<std::string> known(databases_.begin(), databases_.end());
    member(value, "database")
        .problem(fmt::format("\"{}\" is not in databases{}", name, did_you_mean(name, known)));
  }

  void read_query(const ValueReader& value) {
    if (config_.queries.size() == kMaxQueries)
      return value.problem(fmt::format("more than {} queries", kMaxQueries));
    QueryConfig query;
    value.decode(query);
    if (!query.name.empty() && !queries_.insert(query.name).second)
      member(value, "name").problem(fmt::format("\"{}\" is defined twice", query.name));
    if (!query.database.empty() && !databases_.contains(query.database)) {
      const std::vector<std::string> known(databases_.begin(), databases_.end());
      member(value, "database")
          .problem(fmt::format("\"{}\" is not in databases{}", query.database,
                               did_you_mean(query.database, known)));
    }
    check_metrics(member(value, "metrics"), query);
    config_.queries.push_back(std::make_shared<const QueryConfig>(std::move(query)));
  }

  void check_metrics(const ValueReader& list, const QueryConfig& query) {
    for (std::size_t i = 0; i < query.metrics.size() && i < list.node().items.size(); ++i)
      claim(query.metrics[i], query.name, member(list.item_at(i), "name"));
  }

  /// The metric's names are the query's from now on; a problem at `place` when they are somebody else's.
  void claim(const MetricConfig& metric, const std::string& query, const ValueReader& place) {
    for (const std::string& written : written_names(metric)) {
      if (is_own(written)) place.problem(fmt::format("\"{}\" is a metric of the exporter itself", written));
      const auto [other, fresh] = metrics_.emplace(written, query);
      if (!fresh)
        place.problem(fmt::format("\"{}\" is written by query \"{}\" already", written, other->second));
    }
  }

  MapReader r_;
  BusinessConfig config_;
  std::set<std::string> databases_, queries_;
  std::map<std::string, std::string> metrics_;  ///< by written name: the query
};

}  // namespace

Result<BusinessConfig> parse_business_config(std::string_view text, const std::string& file,
                                             const Files& files) {
  Problems problems(file);
  const YamlNode root = parse_yaml(text, problems);
  BusinessConfig config;
  if (problems.empty()) {
    ReadContext context{files, problems};
    const ValueReader value(root, "", context);
    if (value.is_map()) config = FileReader(value).read();
  }
  if (!problems.empty()) return fail(problems.error());
  return config;
}

Result<BusinessConfig> load_business_config(const std::string& path, const Files& files) {
  const Result<std::string> text = files.read(path, 10_MiB);
  if (!text) return fail(text);
  return parse_business_config(*text, path, files);
}

}  // namespace picket::business
