#include "exporters/business/demo/demo_database.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/sql/source.h"
#include "base/text/strings.h"
#include "exporters/business/packs/pack.h"

namespace picket::embedded {
std::string_view demo_file(std::string_view path);
}

namespace picket::business {
namespace {

constexpr std::string_view kMark = "picket business-demo";
constexpr std::string_view kComponent = "business_demo";
constexpr std::size_t kNamed = 3;

constexpr std::string_view kSqliteObjects =
    "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%' "
    "ORDER BY name";
constexpr std::string_view kPostgresObjects =
    "SELECT CAST(c.relname AS TEXT) AS name, CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END AS type "
    "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1";

std::string_view objects_of(sql::Engine engine) {
  return engine == sql::Engine::Sqlite ? kSqliteObjects : kPostgresObjects;
}

Failure refused(const sql::ReadError& error) {
  return fail(ErrorKind::Unavailable, "looking at the database: " + error.message);
}

Failure not_ours(const sql::Rows& objects) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(objects.size(), kNamed); ++i) names.push_back(objects[i].text(0));
  const std::size_t others = objects.size() - names.size();
  return fail(ErrorKind::Denied,
              fmt::format("the database is neither empty nor marked as a demo company's: it has {}{}. "
                          "Name an empty one: nothing in this one was changed",
                          join(names, ", "), others == 0 ? "" : fmt::format(" and {} more", others)));
}

/// Nothing when the table does not say what business-demo writes into it.
std::optional<DemoMark> mark_in(sql::Source& source) {
  const auto rows =
      source.read("SELECT name, seed, organisations, customers, days, lived_until FROM demo_company", {});
  if (!rows || rows->size() != 1 || (*rows)[0].text(0) != kMark) return std::nullopt;
  const sql::Row row = (*rows)[0];
  return DemoMark{static_cast<std::uint64_t>(row.integer(1)), row.integer(2), row.integer(3), row.integer(4),
                  row.integer(5)};
}

struct Schema {
  std::string tables, indexes;
};

/// schema.sql, taken apart: an index stands on a line of its own.
Schema schema() {
  Schema parts;
  const std::string_view whole = embedded::demo_file("schema.sql");
  for (const std::string_view line : split(whole, '\n')) {
    std::string& part = line.starts_with("CREATE INDEX") ? parts.indexes : parts.tables;
    part += fmt::format("{}\n", line);
  }
  return parts;
}

std::string insert_mark(const DemoMark& mark) {
  return fmt::format("INSERT INTO demo_company VALUES ('{}', {}, {}, {}, {}, 0);\n", kMark,
                     static_cast<std::int64_t>(mark.seed), mark.organisations, mark.customers, mark.days);
}

/// Of the objects those that are a demo company's. `type` is "view" or "table".
Result<void> drop_ours(sql::Session& session, const sql::Rows& objects, std::string_view type) {
  const std::string_view prefix = type == "view" ? "kpi_" : "demo_";
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const std::string name = objects[i].text(0);
    if (!name.starts_with(prefix) || objects[i].text(1) != type) continue;
    const auto dropped = session.execute(fmt::format("DROP {} {}", type, name));
    if (!dropped) return fail(dropped, "dropping " + name);
  }
  return {};
}

}  // namespace

Result<std::optional<DemoMark>> look_at(const sql::Dsn& dsn) {
  std::error_code unknown;
  if (dsn.engine == sql::Engine::Sqlite && (!std::filesystem::exists(dsn.sqlite_path, unknown) ||
                                            std::filesystem::file_size(dsn.sqlite_path, unknown) == 0))
    return std::nullopt;
  const auto source = sql::Source::connect(dsn);
  if (!source) return refused(source.error());
  const auto objects = (*source)->read(objects_of(dsn.engine), {});
  if (!objects) return refused(objects.error());
  if (objects->empty()) return std::nullopt;
  const auto mark = mark_in(**source);
  if (!mark) return not_ours(*objects);
  return mark;
}

Result<DemoDatabase> DemoDatabase::open(const sql::Dsn& dsn) {
  auto opened = sql::Database::open(dsn);
  if (!opened) return fail(opened);
  return DemoDatabase(std::move(*opened));
}

Result<void> DemoDatabase::clear() {
  const auto objects = database_->query(objects_of(database_->engine()));
  if (!objects) return fail(objects);
  return database_->transaction([&](sql::Session& session) -> Result<void> {
    if (auto views = drop_ours(session, *objects, "view"); !views) return views;
    if (auto tables = drop_ours(session, *objects, "table"); !tables) return tables;
    const auto forgotten =
        session.execute("DELETE FROM schema_migrations WHERE component = $1", {std::string(kComponent)});
    return forgotten ? Result<void>() : fail(forgotten);
  });
}

Result<void> DemoDatabase::make_tables(const DemoMark& mark) {
  // The mark comes with the tables, in one transaction: there is never a table without it.
  const std::string script = schema().tables + insert_mark(mark);
  return database_->migrate(kComponent, std::vector<sql::Migration>{{1, "tables", script}});
}

Result<void> DemoDatabase::make_indexes_and_views() {
  std::vector<sql::Migration> migrations{{1, "tables", ""}};
  const std::string indexes = schema().indexes;
  migrations.push_back({2, "indexes", indexes});
  for (const Pack& pack : all_packs())
    migrations.push_back({static_cast<int>(migrations.size()) + 1, pack.name, pack.schema_sql});
  return database_->migrate(kComponent, migrations);
}

Result<void> DemoDatabase::set_lived_until(std::int64_t until) {
  const auto set = database_->execute("UPDATE demo_company SET lived_until = $1", {until});
  return set ? Result<void>() : fail(set);
}

Result<void> DemoDatabase::read_numbers(Ledger& ledger) {
  for (std::size_t i = 0; i < kDemoTables; ++i) {
    const auto table = static_cast<DemoTable>(i);
    const sql::TableColumns& columns = columns_of(table);
    if (columns.columns.front() != "id") continue;
    const auto last = database_->query(fmt::format("SELECT COALESCE(max(id), 0) FROM {}", columns.table));
    if (!last) return fail(last);
    ledger.go_on_from(table, (*last)[0].integer(0));
  }
  return {};
}

}  // namespace picket::business
