// A person at the stack's nginx: keeps cookies, logs in with an authenticator app. Not thread-safe.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/e2e/compose/running_stack.h"
#include "tests/support/http_get.h"

namespace picket::test {

class Visitor {
 public:
  explicit Visitor(const RunningStack& stack) : stack_(stack) {}

  /// Of what is behind the login: "/health/".
  HttpAnswer get(const std::string& path);
  /// Of authd's API on the portal.
  HttpAnswer post(const std::string& path, const nlohmann::json& body);
  /// Password, then a new authenticator app. Gives up when they are not let in.
  void log_in_and_enrol(const std::string& name, const std::string& password);
  /// In another browser: password, then the app's code of a later step. Gives up likewise.
  void log_in(const std::string& name, const std::string& password);
  void forget_cookies() { cookies_.clear(); }

 private:
  HttpAnswer send(HttpCall call, int port);
  nlohmann::json post_well(const std::string& path, const nlohmann::json& body);

  const RunningStack& stack_;
  std::map<std::string, std::string> cookies_;
  std::string csrf_, app_secret_;
  int next_step_ = -1;  ///< whose code comes next, from now: each is accepted once
};

}  // namespace picket::test
