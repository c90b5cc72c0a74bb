#include "exporters/business/packs/pack.h"

#include "base/text/strings.h"
#include "base/text/suggest.h"

namespace picket::embedded {
std::string_view pack_file(std::string_view path);
}

namespace picket::business {
namespace {

constexpr std::array<std::string_view, 7> kPacks = {"revenue",   "customers", "operations",   "quality",
                                                    "messaging", "api",       "subscriptions"};

/// The statements of queries.sql by their names.
std::map<std::string, std::string> statements_of(std::string_view text) {
  constexpr std::string_view kMark = "-- name: ";
  std::map<std::string, std::string> statements;
  std::string* current = nullptr;
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with(kMark)) {
      current = &statements[std::string(trim(line.substr(kMark.size())))];
    } else if (current != nullptr) {
      *current += fmt::format("{}\n", line);
    }
  }
  for (auto& [name, statement] : statements) statement = trim(statement);
  return statements;
}

class PackReader {
 public:
  PackReader(MapReader& r, const PackTexts& texts, Pack& pack)
      : r_(r), statements_(statements_of(texts.queries_sql)), pack_(pack) {}

  void read() {
    r_.require("summary", pack_.summary);
    each("queries", [this](MapReader& r) { read_query(r); });
    each("reports", [this](MapReader& r) { read_report(r); });
  }

 private:
  template <class Visit>
  void each(std::string_view key, const Visit& visit) {
    const auto list = r_.at(key);
    if (!list || !list->is_list()) return;
    for (std::size_t i = 0; i < list->node().items.size(); ++i) {
      MapReader r(list->item_at(i));
      visit(r);
      r.finish();
    }
  }

  void read_query(MapReader& r) {
    QueryConfig query;
    query.database = pack_.name;  // replaced where the pack is used
    read_query_keys(r, query);
    query.sql = statement(r, query.sql);
    query.name = fmt::format("{}_{}", pack_.name, query.name);
    pack_.queries.push_back(std::move(query));
  }

  void read_report(MapReader& r) {
    ReportConfig report;
    r.require("kpi", report.kpi);
    r.require("title", report.title);
    r.require("unit", report.unit);
    r.read("by", report.by);
    read_transform(r, report.transform);
    r.require("sql", report.sql);
    report.sql = statement(r, report.sql);
    pack_.reports.push_back(std::move(report));
  }

  std::string statement(MapReader& r, const std::string& name) const {
    const auto found = statements_.find(name);
    if (found != statements_.end()) return found->second;
    r.problem("sql", fmt::format("queries.sql has no statement \"{}\"", name));
    return "";
  }

  MapReader& r_;
  const std::map<std::string, std::string> statements_;
  Pack& pack_;
};

std::vector<Pack> load_packs() {
  std::vector<Pack> packs;
  for (const std::string_view name : kPacks) {
    const auto file = [&](std::string_view part) {
      return embedded::pack_file(fmt::format("{}/{}", name, part));
    };
    Result<Pack> pack =
        parse_pack(std::string(name), {file("pack.yml"), file("schema.sql"), file("queries.sql")});
    check(pack.has_value(), pack ? "" : pack.error().message);
    packs.push_back(std::move(*pack));
  }
  return packs;
}

}  // namespace

Result<Pack> parse_pack(const std::string& name, const PackTexts& texts) {
  Problems problems(name + "/pack.yml");
  const RealFiles files;
  ReadContext context{files, problems};
  const YamlNode root = parse_yaml(texts.pack_yml, problems);
  Pack pack;
  pack.name = name;
  pack.schema_sql = texts.schema_sql;
  const ValueReader value(root, "", context);
  if (problems.empty() && value.is_map()) {
    MapReader r(value);
    PackReader(r, texts, pack).read();
    r.finish();
  }
  if (!problems.empty()) return fail(problems.error());
  return pack;
}

std::span<const Pack> all_packs() {
  static const std::vector<Pack> packs = load_packs();
  return packs;
}

const Pack* find_pack(std::string_view name) {
  for (const Pack& pack : all_packs()) {
    if (pack.name == name) return &pack;
  }
  return nullptr;
}

std::string with_schema(std::string_view sql, std::string_view schema) {
  return replace_all(sql, "{schema}", schema.empty() ? "" : fmt::format("{}.", schema));
}

}  // namespace picket::business
