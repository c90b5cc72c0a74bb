// business.yml and pack.yml on any bytes: they end, every problem names the file, and what is taken keeps the
// rules that the rest of the program relies on.
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "exporters/business/config/business_config.h"
#include "tests/fuzz/no_files.h"

namespace picket::business {
namespace {

void check_query(const QueryConfig& query) {
  check(!query.name.empty() && !query.metrics.empty(), "a query without a name or a metric");
  check(query.timeout > Duration::zero() && query.timeout <= query.interval, "a timeout beyond the interval");
  check(query.max_age >= query.interval, "results withdrawn before the next run");
  for (const MetricConfig& metric : query.metrics) {
    const std::vector<std::string> names = metric.label_names();
    check(std::set<std::string>(names.begin(), names.end()).size() == names.size(), "a label twice");
  }
  std::ignore = query.fingerprint();
}

void read_config(std::string_view text) {
  const auto config = parse_business_config(text, "business.yml", NoFiles());
  if (!config) return check(config.error().message.starts_with("business.yml"), "a problem without its file");
  std::set<std::string> databases, queries;
  for (const DatabaseConfig& database : config->databases) {
    check(databases.insert(database.name).second, "a database twice");
    std::ignore = database.source();
  }
  for (const QueryPtr& query : config->queries) {
    check(queries.insert(query->name).second, "a query twice");
    check(databases.contains(query->database), "a query of no database");
    check_query(*query);
  }
}

void read_pack(std::string_view text) {
  const auto pack = parse_pack("fuzz", {text, "", "-- name: a\nSELECT 1\n-- name: b\nSELECT 2\n"});
  if (!pack) return check(pack.error().message.starts_with("fuzz/pack.yml"), "a problem without its file");
  for (const QueryConfig& query : pack->queries) check_query(query);
}

}  // namespace
}  // namespace picket::business

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  picket::business::read_config(text);
  picket::business::read_pack(text);
  return 0;
}
