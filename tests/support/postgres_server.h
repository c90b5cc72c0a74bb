// PostgreSQL 15 from Debian's package in a folder of its own: no fsync, trust authentication, a free port. As
// root it runs as user postgres. Not thread-safe.
#pragma once

#include <memory>
#include <string>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace picket::test {

struct PostgresOptions {
  int max_connections = 100;
  std::string shared_buffers = "16MB";
};

class PostgresServer {
 public:
  /// Makes the cluster (about a second) and starts it.
  explicit PostgresServer(PostgresOptions options = {});
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// One for the whole test program, started at first use. A test that stops it starts it again.
  static PostgresServer& shared();

  int port() const { return port_; }
  /// "postgresql://postgres:secret-of-the-test@127.0.0.1:PORT/DATABASE"; the password is not asked for.
  std::string dsn(const std::string& database = "postgres") const;
  /// A new empty database; answers its DSN.
  std::string create_database();
  /// A new empty schema and a DSN that works inside it: for most tests as good as a database, and much
  /// faster.
  std::string create_schema();
  /// Runs statements over a connection of its own; gives up when one fails. The first column of the last
  /// statement's first row, or "".
  std::string run(const std::string& sql, const std::string& database = "postgres") const;

  void start();  ///< waits until it answers
  void stop();   ///< fast shutdown: connections are cut
  void kill9();
  std::string log() const;

 private:
  const PostgresOptions options_;
  const TempDir dir_;
  const int port_;
  int created_ = 0;
  std::unique_ptr<Process> process_;
};

}  // namespace picket::test
