#include "authd/forward_auth/access_policy.h"

#include <algorithm>
#include <set>

#include "authd/names/username.h"
#include "authd/rbac/permissions.h"

namespace picket::authd {
namespace {

template <class Pattern>
bool any_matches(const std::vector<Pattern>& patterns, std::string_view text) {
  for (const Pattern& pattern : patterns) {
    if (pattern.matches(text)) return true;
  }
  return patterns.empty();
}

bool is_about(const AccessRule& rule, const OriginalRequest& request, const IpAddress& client) {
  // The cheap questions first: an expression is asked for its own host and method alone.
  if (!any_matches(rule.hosts, request.authority.host)) return false;
  const bool has_method =
      rule.methods.empty() || std::ranges::find(rule.methods, request.method) != rule.methods.end();
  if (!has_method || !(rule.networks.empty() || is_in(rule.networks, client))) return false;
  return any_matches(rule.paths, request.path);
}

void read_requirement(MapReader& r, std::string_view key, Requirement& out) {
  r.read_enum(key, out,
              {{"deny", Requirement::Deny},
               {"public", Requirement::Public},
               {"one_factor", Requirement::OneFactor},
               {"two_factors", Requirement::TwoFactors}});
}

/// A list of texts, each turned into a T by `parse`, which answers a Result.
template <class T, class Parse>
void read_each(MapReader& r, std::string_view key, std::vector<T>& out, Parse parse) {
  const auto list = r.at(key);
  std::vector<std::string> texts;
  if (!list || !list->decode(texts)) return;
  out.clear();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto parsed = parse(texts[i]);
    if (parsed) {
      out.push_back(std::move(*parsed));
    } else {
      list->item_at(i).problem(fmt::format("\"{}\": {}", texts[i], parsed.error().message));
    }
  }
}

Result<std::string> parse_method_name(const std::string& text) {
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || c == '-'; };
  if (!text.empty() && std::ranges::all_of(text, is_letter)) return text;
  return fail(ErrorKind::InvalidInput, "methods are in upper case");
}

Result<std::string> parse_user(const std::string& text) {
  const auto name = canonical_username(text);
  if (!name) return fail(name);
  return name->key;
}

Result<std::string> parse_scope(const std::string& text) {
  if (is_scope(text)) return text;
  return fail(ErrorKind::InvalidInput, "a scope is *, resource:* or resource:action");
}

void check_rule(MapReader& r, const AccessRule& rule) {
  const bool asks_who = rule.require == Requirement::OneFactor || rule.require == Requirement::TwoFactors;
  for (const std::string_view key : {"roles", "users", "scopes"}) {
    if (r.has(key) && !asks_who) r.problem(key, "needs require: one_factor or two_factors");
  }
}

bool matches_everything(const AccessRule& rule) {
  return rule.hosts.empty() && rule.paths.empty() && rule.methods.empty() && rule.networks.empty();
}

void check_rules(MapReader& r, const std::vector<AccessRule>& rules) {
  std::set<std::string_view> names;
  for (const AccessRule& rule : rules) {
    if (!names.insert(rule.name).second)
      r.problem("rules", fmt::format("two rules are named \"{}\"", rule.name));
    if (matches_everything(rule) && &rule != &rules.back()) {
      r.problem("rules",
                fmt::format("\"{}\" matches every request: the rules below it are never asked", rule.name));
    }
  }
}

}  // namespace

void AccessPolicy::set_rules(std::vector<AccessRule> rules) {
  rules_ = std::move(rules);
  index_ = {};
  for (const AccessRule& rule : rules_) index_.add(rule.paths);
}

const AccessRule* AccessPolicy::find(const OriginalRequest& request, const IpAddress& client) const {
  const int found = index_.first(
      request.path, [&](int i) { return is_about(rules_[static_cast<std::size_t>(i)], request, client); });
  return found < 0 ? nullptr : &rules_[static_cast<std::size_t>(found)];
}

void read_yaml(MapReader& r, AccessRule& rule) {
  r.read("name", rule.name);
  r.read("hosts", rule.hosts);
  r.read("paths", rule.paths);
  read_each(r, "methods", rule.methods, parse_method_name);
  read_each(r, "networks", rule.networks, [](const std::string& text) { return Cidr::parse(text); });
  if (!r.has("require")) r.problem("require", "is required: deny, public, one_factor or two_factors");
  read_requirement(r, "require", rule.require);
  read_each(r, "roles", rule.roles, [](const std::string& text) { return parse_role(text); });
  read_each(r, "users", rule.users, parse_user);
  read_each(r, "scopes", rule.scopes, parse_scope);
  check_rule(r, rule);
}

void read_access_policy(MapReader& r, AccessPolicy& access) {
  read_requirement(r, "default", access.otherwise);
  std::vector<AccessRule> rules;
  r.read("rules", rules);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].name.empty()) rules[i].name = fmt::format("rules[{}]", i);
  }
  check_rules(r, rules);
  access.set_rules(std::move(rules));
  if (!r.has("owner_networks")) return;
  r.ignore("owner_networks");
  r.problem("owner_networks", "stands at the top of the file: it holds for logins and the API as well");
}

}  // namespace picket::authd
