#include "exporters/health/pages/status_view.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "base/text/escape.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "exporters/health/engine/recommendation.h"

namespace picket::health {
namespace {

using Checks = std::vector<const CheckStatus*>;

bool contains(std::string_view text, const std::string& lower) {
  return to_lower(text).find(lower) != std::string::npos;
}

/// Titles of the groups by name.
using Titles = std::unordered_map<std::string_view, std::string_view>;

Titles titles_of(const Snapshot& snapshot) {
  Titles titles;
  if (!snapshot.config) return titles;
  for (const GroupConfig& group : snapshot.config->groups) titles[group.name] = group.title;
  return titles;
}

std::string title_of(const Titles& titles, const std::string& group) {
  const auto found = titles.find(group);
  return found == titles.end() || found->second.empty() ? group : std::string(found->second);
}

/// What a query's text is looked for in.
bool has_text(const CheckConfig& config, const Titles& titles, const std::string& lower) {
  return contains(config.name, lower) || contains(config.group, lower) ||
         contains(title_of(titles, config.group), lower) || contains(config.target(), lower);
}

/// The worst first, then as people look for them.
bool stands_before(const CheckStatus* a, const CheckStatus* b) {
  const auto rank = [](const CheckStatus& c) { return 2 * severity(c.state) + (c.flapping ? 1 : 0); };
  if (rank(*a) != rank(*b)) return rank(*a) > rank(*b);
  if (a->config->group != b->config->group) return a->config->group < b->config->group;
  return a->config->name < b->config->name;
}

Checks asked_for(const Snapshot& snapshot, const StatusQuery& query, const Titles& titles) {
  const std::string lower = to_lower(query.text);
  Checks checks;
  for (const CheckStatus& check : snapshot.checks) {
    if (query.state && check.state != *query.state) continue;
    if (!query.group.empty() && check.config->group != query.group) continue;
    if (lower.empty() || has_text(*check.config, titles, lower)) checks.push_back(&check);
  }
  std::ranges::stable_sort(checks, stands_before);
  return checks;
}

ServiceView view_of(const CheckStatus& check, const Titles& titles) {
  const CheckConfig& config = *check.config;
  ServiceView view{.name = config.name,
                   .kind = std::string(config.kind()),
                   .target = std::string(config.target()),
                   .group = title_of(titles, config.group),
                   .state = check.state,
                   .flapping = check.flapping,
                   .since = check.since,
                   .latency = {},
                   .uptime = check.uptime,
                   .last_error = {},
                   .recommendation = recommendation_for(check)};
  if (check.last) view.latency = check.last->duration;
  if (check.last_error) view.last_error = *check.last_error;
  return view;
}

std::vector<GroupView> groups_of(const Snapshot& snapshot, const Titles& titles) {
  std::map<std::string_view, GroupView> by_name;
  for (const CheckStatus& check : snapshot.checks) {
    GroupView& group = by_name[check.config->group];
    ++group.counts[index_of(check.state)];
    ++group.total;
    group.worst = worse(group.worst, check.state);
  }
  std::vector<GroupView> groups;
  for (auto& [name, group] : by_name) {
    group.name = name;
    group.title = title_of(titles, group.name);
    groups.push_back(std::move(group));
  }
  std::ranges::stable_sort(
      groups, [](const GroupView& a, const GroupView& b) { return severity(a.worst) > severity(b.worst); });
  return groups;
}

}  // namespace

StatusQuery parse_status_query(const Target& target) {
  StatusQuery query;
  const auto text = [&](std::string_view name) {
    const std::string* value = target.param(name);
    return value != nullptr ? *value : "";
  };
  const std::string state = text("state");
  query.state = parse_state(state);
  query.group = text("group");
  query.text = text("q");
  const std::string page = text("page");
  const std::int64_t number = parse_int(page).value_or(0);
  if (number >= 1) query.page = static_cast<std::size_t>(number);
  query.is_odd = (!state.empty() && !query.state) || (!page.empty() && number < 1);
  return query;
}

std::string url_of(const StatusQuery& query) {
  std::string url = "./";
  const auto add = [&url](std::string_view name, const std::string& value) {
    url += fmt::format("{}{}={}", url.size() == 2 ? '?' : '&', name, percent_encode(value));
  };
  if (query.state) add("state", std::string(to_string(*query.state)));
  if (!query.group.empty()) add("group", query.group);
  if (!query.text.empty()) add("q", query.text);
  if (query.page > 1) add("page", std::to_string(query.page));
  return url;
}

StatusView status_view(const Snapshot& snapshot, const StatusQuery& query) {
  StatusView view;
  view.now = snapshot.taken;
  view.query = query;
  view.total = snapshot.checks.size();
  for (const CheckStatus& check : snapshot.checks) {
    ++view.counts[index_of(check.state)];
    if (check.flapping) ++view.flapping;
  }
  const Titles titles = titles_of(snapshot);
  view.groups = groups_of(snapshot, titles);
  const Checks checks = asked_for(snapshot, query, titles);
  view.matching = checks.size();
  const std::size_t pages =
      std::max<std::size_t>(1, (checks.size() + kServicesPerPage - 1) / kServicesPerPage);
  view.query.page = std::clamp<std::size_t>(query.page, 1, pages);
  view.first = (view.query.page - 1) * kServicesPerPage;
  const std::size_t end = std::min(checks.size(), view.first + kServicesPerPage);
  for (std::size_t i = view.first; i < end; ++i) view.services.push_back(view_of(*checks[i], titles));
  return view;
}

}  // namespace picket::health
