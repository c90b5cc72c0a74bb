// What a receiver heard of alertd, and what is wrong with it: pure functions over the messages it accepted.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace picket::test {

/// A message that its receiver accepted; whether alertd got the answer is another matter.
struct Heard {
  std::string key;                              ///< Idempotency-Key, or Message-ID up to its '@'
  std::set<std::string> supersedes{};           ///< keys of messages that it says it stands for
  std::map<std::string, std::string> alerts{};  ///< "Alert3 1" to "firing" or "resolved"
};

/// Those of `alerts` that no message has with that status.
std::set<std::string> missing(const std::set<std::string>& alerts, const std::vector<Heard>& heard,
                              const std::string& status);

/// How often a message came again under its own key.
int repeated_under_their_key(const std::vector<Heard>& heard);

/// Messages that say nothing but what was said before under another key, without naming a key of those.
std::vector<Heard> unexplained(const std::vector<Heard>& heard);

std::string to_string(const Heard& heard);

}  // namespace picket::test
