// Runs a test on both engines: an empty database each time, a SQLite file or a schema of the shared
// PostgreSQL.
#pragma once

#include <gtest/gtest.h>

#include "base/sql/database.h"
#include "tests/support/postgres_server.h"
#include "tests/support/temp_dir.h"

namespace picket::test {

class OnEachEngine : public testing::TestWithParam<sql::Engine> {
 protected:
  OnEachEngine() {
    const bool sqlite = GetParam() == sql::Engine::Sqlite;
    dsn_text_ = sqlite ? dir_.file("state.db") : PostgresServer::shared().create_schema();
    database_ = open();
  }

  std::unique_ptr<sql::Database> open(std::size_t connections = 4) const {
    auto dsn = sql::Dsn::parse(dsn_text_);
    if (!dsn) return nullptr;
    dsn->connections = connections;
    auto opened = sql::Database::open(*dsn);
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? std::move(*opened) : nullptr;
  }
  void run(std::string_view sql, const sql::Params& params = {}) const {
    const auto done = database_->execute(sql, params);
    ASSERT_TRUE(done) << sql << ": " << done.error().message;
  }
  /// First column of the first row, as text.
  std::string one(std::string_view sql, const sql::Params& params = {}) const {
    const auto rows = database_->query(sql, params);
    if (!rows) return "error: " + rows.error().message;
    return rows->empty() ? "no row" : (*rows)[0].text(0);
  }

  TempDir dir_;
  std::string dsn_text_;
  std::unique_ptr<sql::Database> database_;
};

inline std::string engine_name(const testing::TestParamInfo<sql::Engine>& engine) {
  return engine.param == sql::Engine::Sqlite ? "Sqlite" : "Postgres";
}

}  // namespace picket::test
