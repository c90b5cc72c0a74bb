// The two that bench_auth compares, started on a port of their own with the same users: authd, and a login
// server written with Express (tests/bench/peers/express). Both answer POST /api/v1/auth/login and
// GET /api/v1/auth/verify. Not thread-safe.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "tests/support/free_port.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace picket::bench {

inline constexpr int kUsers = 1000;
inline constexpr std::string_view kPassword = "seven plain words that nobody guessed";
std::string user_name(int number);

/// An authd on SQLite that has just started. Gives up when it cannot.
class AuthdServer {
 public:
  /// `password_hash`: of kPassword, for all users.
  explicit AuthdServer(const std::string& password_hash);
  std::uint16_t port() const { return static_cast<std::uint16_t>(port_); }
  pid_t pid() const { return process_->pid(); }

 private:
  const test::TempDir dir_;
  const int port_ = test::free_port();
  std::unique_ptr<test::Process> process_;
};

/// What npm installed of the peer; nothing to compare with when it could not.
class ExpressApp {
 public:
  /// Into the build folder, once.
  ExpressApp();
  bool is_there() const { return problem_.empty(); }
  const std::string& problem() const { return problem_; }
  /// Of kPassword.
  std::string hash(int bcrypt_cost) const;
  std::unique_ptr<test::Process> start(const std::string& users_file, int port) const;

 private:
  std::string problem_;
};

class ExpressServer {
 public:
  ExpressServer(const ExpressApp& app, int bcrypt_cost);
  std::uint16_t port() const { return static_cast<std::uint16_t>(port_); }
  pid_t pid() const { return process_->pid(); }

 private:
  const test::TempDir dir_;
  const int port_ = test::free_port();
  std::unique_ptr<test::Process> process_;
};

}  // namespace picket::bench
