#include "tests/tidy/rules/calls.h"

#include <algorithm>

namespace picket::tidy {
namespace {

struct Banned {
  std::string_view call;
  std::string_view reason;
  std::vector<std::string_view> allowed;  ///< path prefixes or file names
};

const std::vector<Banned>& banned_calls() {
  static const std::vector<Banned> rows = {
      {"std::regex", "overflows the stack: picket::Regex", {}},
      {"std::thread", "ends the program when not joined: std::jthread", {}},
      {"rand", "is predictable: picket::Random", {}},
      {"srand", "is predictable: picket::Random", {}},
      {"std::mt19937", "is predictable: picket::Random", {"tests/"}},
      {"co_await", "g++ 12.2 destroys temporaries twice", {}},
      {"co_yield", "g++ 12.2 destroys temporaries twice", {}},
      {"co_return", "g++ 12.2 destroys temporaries twice", {}},
      {"sleep_for", "wait on a condition or a Scheduler", {"base/time/"}},
      {"sleep_until", "wait on a condition or a Scheduler", {"base/time/"}},
      {"usleep", "wait on a condition or a Scheduler", {}},
      {"poll(nullptr", "wait on a condition or a Scheduler", {"tests/support/wait.cc"}},
      {"select(0", "wait on a condition or a Scheduler", {}},
      {"[] { return false; })", "nothing ends this wait but its time: wait on what is signalled", {}},
      {"nanosleep", "wait on a condition or a Scheduler", {}},
      {"system_clock::now", "takes time from picket::Clock", {"base/time/"}},
      {"std::cout", "is the program's output, not a part's", {"main.cc"}},
      {"std::system", "no shell", {}},
      {"popen", "no shell", {}},
      {"json::parse", "has no limits: picket::parse_json", {"base/json/", "tests/"}},
      {"Json::parse", "has no limits: picket::parse_json", {"base/json/", "tests/"}},
      {"ordered_json::parse", "has no limits: picket::parse_ordered_json", {"base/json/", "tests/"}},
      {"dump", "throws on invalid UTF-8: picket::to_json", {"base/json/", "tests/"}},
      {"strcpy", "no length", {}},
      {"sprintf", "no length", {}},
      {"gets", "no length", {}},
      {"GTEST_SKIP", "a skipped test tells nothing", {}},
  };
  return rows;
}

bool is_allowed(const Banned& row, const SourceFile& file) {
  return std::ranges::any_of(row.allowed, [&](std::string_view place) {
    return file.path().starts_with(place) || file.name() == place;
  });
}

/// std::thread::id and std::thread::hardware_concurrency are no threads.
bool is_member_of(std::string_view code, std::size_t end) {
  return code.substr(end).starts_with("::");
}

}  // namespace

std::vector<Finding> check_calls(const SourceFile& file) {
  std::vector<Finding> findings;
  const std::string_view code = file.code();
  for (const Banned& row : banned_calls()) {
    if (is_allowed(row, file)) continue;
    std::size_t at = find_word(code, row.call);
    for (; at != std::string_view::npos; at = find_word(code, row.call, at + 1)) {
      if (is_member_of(code, at + row.call.size())) continue;
      findings.push_back(
          file.finding(line_of(code, at), std::string(row.call) + ": " + std::string(row.reason)));
    }
  }
  return findings;
}

}  // namespace picket::tidy
