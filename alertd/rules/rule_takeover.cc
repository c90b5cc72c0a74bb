#include "alertd/rules/rule_takeover.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

namespace picket::alertd {

namespace {

/// Earlier versions' keys were "file;group;alert{labels}", with "#n" behind all but the first of a file.
bool is_former_key_of(std::string_view key, const std::string& identity) {
  const std::size_t number = key.rfind("}#");
  if (number != std::string_view::npos &&
      key.find_first_not_of("0123456789", number + 2) == std::string_view::npos) {
    key = key.substr(0, number + 1);
  }
  return key == identity || key.ends_with(";" + identity);
}

class Takeover {
 public:
  Takeover(const RuleGroups& groups, StoredRules& stored);
  std::vector<StoredRule> run();

 private:
  struct Seeker {
    const AlertingRule* rule;
    StoredRule found;  // without a key as long as nothing is
  };
  using Fits = std::function<bool(const Seeker& seeker, const StoredAs& candidate)>;

  /// Gives each rule that has nothing yet the first state that fits, of those under its identity.
  void pass(const Fits& fits);
  /// The same, of those that earlier versions wrote.
  void pass_former(const Fits& fits);
  void seek(Seeker& seeker, std::vector<std::string>& keys, const Fits& fits);
  std::string fresh_key(const std::string& identity);

  StoredRules& stored_;
  std::map<std::string, std::vector<std::string>> keys_;  // by identity, in the order of ordinals
  std::set<std::string> used_;
  std::vector<Seeker> seekers_;
};

Takeover::Takeover(const RuleGroups& groups, StoredRules& stored) : stored_(stored) {
  for (const auto& [key, rule] : stored) {
    used_.insert(key);
    keys_[rule.as.identity].push_back(key);
  }
  for (auto& [identity, keys] : keys_) {
    std::ranges::stable_sort(keys, {}, [&](const std::string& key) { return stored.at(key).as.ordinal; });
  }
  std::map<std::string, std::int64_t> ordinals;
  for (const auto& group : groups) {
    for (const AlertingRule& rule : group->rules) {
      seekers_.push_back({&rule, {{"", rule.identity, rule.expr, ordinals[rule.identity]++}, {}}});
    }
  }
}

void Takeover::pass(const Fits& fits) {
  for (Seeker& seeker : seekers_) {
    const auto keys = keys_.find(seeker.rule->identity);
    if (keys != keys_.end()) seek(seeker, keys->second, fits);
  }
}

void Takeover::pass_former(const Fits& fits) {
  const auto keys = keys_.find("");
  if (keys == keys_.end()) return;
  for (Seeker& seeker : seekers_) seek(seeker, keys->second, fits);
}

void Takeover::seek(Seeker& seeker, std::vector<std::string>& keys, const Fits& fits) {
  StoredRule& found = seeker.found;
  if (!found.as.key.empty()) return;
  const auto key = std::ranges::find_if(
      keys, [&](const std::string& candidate) { return fits(seeker, stored_.at(candidate).as); });
  if (key == keys.end()) return;
  const auto node = stored_.extract(*key);
  keys.erase(key);
  const StoredAs& was = node.mapped().as;
  found.as.key = node.key();
  found.state = std::move(node.mapped().state);
  const bool same =
      was.identity == found.as.identity && was.expr == found.as.expr && was.ordinal == found.as.ordinal;
  found.state.described = found.state.described && same;
}

std::string Takeover::fresh_key(const std::string& identity) {
  const std::string base = short_rule_key(identity);
  std::string key = base;
  for (int number = 1; !used_.insert(key).second; ++number) key = fmt::format("{}#{}", base, number);
  return key;
}

std::vector<StoredRule> Takeover::run() {
  pass([](const Seeker& s, const StoredAs& candidate) { return candidate.expr == s.rule->expr; });
  pass_former([](const Seeker& s, const StoredAs& candidate) { return candidate.key == s.rule->former_key; });
  pass([](const Seeker& s, const StoredAs& candidate) { return candidate.ordinal == s.found.as.ordinal; });
  pass([](const Seeker&, const StoredAs&) { return true; });
  pass_former([](const Seeker& s, const StoredAs& candidate) {
    return is_former_key_of(candidate.key, s.rule->identity);
  });
  std::vector<StoredRule> found;
  found.reserve(seekers_.size());
  for (Seeker& seeker : seekers_) {
    if (seeker.found.as.key.empty()) seeker.found.as.key = fresh_key(seeker.rule->identity);
    found.push_back(std::move(seeker.found));
  }
  return found;
}

}  // namespace

std::vector<StoredRule> take_over(const RuleGroups& groups, StoredRules& stored) {
  return Takeover(groups, stored).run();
}

}  // namespace picket::alertd
