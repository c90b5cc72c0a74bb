// Runs authctl's commands in the test's own process on a SQLite store in a folder of its own.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "authd/ctl/authctl.h"
#include "tests/support/temp_dir.h"

namespace picket::authd {

inline const std::string kCtlPassword = "plover lantern brigade quietly";

struct Said {
  int status = 0;
  std::string out, err;
};

/// The arguments after "authctl".
inline Said run_ctl(const std::vector<std::string>& arguments, const std::string& typed = "") {
  std::vector<const char*> argv{"authctl"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  std::istringstream in(typed);
  std::ostringstream out;
  std::ostringstream err;
  Terminal terminal{in, out, err};
  const int status = run_authctl(static_cast<int>(argv.size()), argv.data(), terminal);
  return {status, out.str(), err.str()};
}

class CtlOnStore : public testing::Test {
 protected:
  Said run(const std::vector<std::string>& arguments, const std::string& typed = "") {
    std::vector<std::string> all{"--storage.path", state_.path()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run_ctl(all, typed);
  }
  Said create(const std::string& name, const std::string& role = "user") {
    return run({"user", "create", "--username", name, "--email", name + "@example.org", "--role", role,
                "--password-stdin"},
               kCtlPassword + "\n");
  }

  test::TempDir state_;
};

}  // namespace picket::authd
