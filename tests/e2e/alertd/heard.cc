#include "tests/e2e/alertd/heard.h"

#include <fmt/format.h>

#include <algorithm>

namespace picket::test {

std::set<std::string> missing(const std::set<std::string>& alerts, const std::vector<Heard>& heard,
                              const std::string& status) {
  std::set<std::string> left = alerts;
  for (const Heard& message : heard) {
    for (const auto& [alert, said] : message.alerts)
      if (said == status) left.erase(alert);
  }
  return left;
}

int repeated_under_their_key(const std::vector<Heard>& heard) {
  std::set<std::string> keys;
  return static_cast<int>(
      std::ranges::count_if(heard, [&](const Heard& message) { return !keys.insert(message.key).second; }));
}

std::vector<Heard> unexplained(const std::vector<Heard>& heard) {
  std::vector<Heard> result;
  std::set<std::string> keys;
  std::map<std::string, std::string> said;
  for (const Heard& message : heard) {
    const bool is_news = std::ranges::any_of(message.alerts, [&](const auto& alert) {
      const auto known = said.find(alert.first);
      return known == said.end() || known->second != alert.second;
    });
    const bool is_explained = std::ranges::any_of(
        message.supersedes, [&](const std::string& earlier) { return keys.contains(earlier); });
    if (!is_news && !is_explained && !keys.contains(message.key)) result.push_back(message);
    keys.insert(message.key);
    for (const auto& [alert, status] : message.alerts) said[alert] = status;
  }
  return result;
}

std::string to_string(const Heard& heard) {
  std::string text = heard.key;
  for (const std::string& key : heard.supersedes) text += " for " + key;
  text += ":";
  for (const auto& [alert, status] : heard.alerts) text += fmt::format(" {} {},", status, alert);
  return text + "\n";
}

}  // namespace picket::test
