#include "tests/support/postgres_server.h"

#include <libpq-fe.h>
#include <pwd.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include "tests/support/free_port.h"
#include "tests/support/give_up.h"
#include "tests/support/program.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

constexpr const char* kPackage = "postgresql-15";

// PostgreSQL refuses to run as root.
std::vector<std::string> unprivileged(std::vector<std::string> argv) {
  if (::geteuid() != 0) return argv;
  // setpriv sets the death signal again: the kernel clears it when the user changes.
  std::vector<std::string> result{find_program("setpriv", "util-linux"),
                                  "--reuid",
                                  "postgres",
                                  "--regid",
                                  "postgres",
                                  "--clear-groups",
                                  "--pdeathsig",
                                  "KILL",
                                  "--"};
  result.insert(result.end(), argv.begin(), argv.end());
  return result;
}

void give_to_postgres(const std::string& path) {
  if (::geteuid() != 0) return;
  const passwd* user = ::getpwnam("postgres");
  if (user == nullptr) give_up(std::string("no user postgres: apt-get install ") + kPackage);
  if (::chown(path.c_str(), user->pw_uid, user->pw_gid) != 0) give_up("cannot give " + path + " to postgres");
}

}  // namespace

PostgresServer::PostgresServer(PostgresOptions options) : options_(std::move(options)), port_(free_port()) {
  give_to_postgres(dir_.path());
  const Finished made = run_to_end(
      {.argv = unprivileged({find_program("initdb", kPackage), "-D", dir_.file("data"), "-A", "trust", "-U",
                             "postgres", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"}),
       .cwd = dir_.path()},
      std::chrono::seconds(60));
  if (made.exit_code != 0) give_up("initdb failed: " + made.errors);
  start();
}

PostgresServer::~PostgresServer() {
  if (process_) stop();
}

PostgresServer& PostgresServer::shared() {
  static PostgresServer server;
  return server;
}

std::string PostgresServer::dsn(const std::string& database) const {
  return "postgresql://postgres:secret-of-the-test@127.0.0.1:" + std::to_string(port_) + "/" + database;
}

std::string PostgresServer::create_database() {
  const std::string name = "test_" + std::to_string(++created_);
  run("CREATE DATABASE " + name + " TEMPLATE template0 STRATEGY wal_log");
  return dsn(name);
}

std::string PostgresServer::create_schema() {
  const std::string name = "test_" + std::to_string(++created_);
  run("CREATE SCHEMA " + name);
  return dsn() + "?options=-csearch_path%3D" + name;
}

std::string PostgresServer::run(const std::string& sql, const std::string& database) const {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(dsn(database).c_str()), PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()), PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) give_up(PQerrorMessage(connection.get()));
  return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

void PostgresServer::start() {
  const std::vector<std::string> argv = unprivileged(
      {find_program("postgres", kPackage), "-D", dir_.file("data"), "-c", "listen_addresses=127.0.0.1", "-c",
       "port=" + std::to_string(port_), "-c", "unix_socket_directories=", "-c", "fsync=off", "-c",
       "shared_buffers=" + options_.shared_buffers, "-c",
       "max_connections=" + std::to_string(options_.max_connections), "-c", "autovacuum=off", "-c",
       "max_wal_size=128MB"});
  // After a kill the backends of the old server may live on for a moment and hold its shared memory: try
  // again.
  const bool ready = wait_until(std::chrono::seconds(30), std::chrono::milliseconds(20), [&] {
    if (!process_ || !process_->running())
      process_ = std::make_unique<Process>(ProcessOptions{.argv = argv, .cwd = dir_.path()});
    return PQping(dsn().c_str()) == PQPING_OK;
  });
  if (!ready) give_up("PostgreSQL does not answer: " + log());
}

void PostgresServer::stop() {
  process_->signal(SIGINT);
  if (!process_->wait(std::chrono::seconds(20))) process_->kill9();
}

void PostgresServer::kill9() {
  // The server's processes, each in a session of its own, would finish what they are doing.
  const std::string pid = std::to_string(process_->pid());
  std::ifstream children("/proc/" + pid + "/task/" + pid + "/children");
  const std::vector<pid_t> backends{std::istream_iterator<pid_t>(children), {}};
  process_->kill9();
  for (const pid_t backend : backends) ::kill(backend, SIGKILL);
}

std::string PostgresServer::log() const {
  return process_ ? process_->errors() : "";
}

}  // namespace picket::test
