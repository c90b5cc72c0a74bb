#include "exporters/business/packs/pack_use.h"

#include <algorithm>

#include "base/text/suggest.h"

namespace picket::business {
namespace {

bool is_schema_name(std::string_view name) {
  return !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
         std::ranges::all_of(
             name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace

std::vector<QueryConfig> PackUse::queries() const {
  std::vector<QueryConfig> queries = find_pack(pack)->queries;
  for (QueryConfig& query : queries) {
    query.database = database;
    query.sql = with_schema(query.sql, schema);
    if (!interval) continue;
    query.interval = *interval;
    query.timeout = std::min(query.timeout, *interval);
    query.max_age = std::max(query.max_age, *interval * 5);
  }
  return queries;
}

void read_yaml(MapReader& r, PackUse& use) {
  if (r.require("pack", use.pack) && find_pack(use.pack) == nullptr) {
    std::vector<std::string> known;
    for (const Pack& pack : all_packs()) known.push_back(pack.name);
    r.problem("pack", fmt::format("there is no pack \"{}\"{}", use.pack, did_you_mean(use.pack, known)));
  }
  r.require("database", use.database);
  if (r.read("schema", use.schema) && !is_schema_name(use.schema))
    r.problem("schema", "must be lower-case letters, digits and '_', and not begin with a digit");
  if (r.read("interval", use.interval) && *use.interval < std::chrono::seconds(1))
    r.problem("interval", "must be at least 1s");
}

}  // namespace picket::business
