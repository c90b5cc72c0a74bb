#include <algorithm>

#include "exporters/security/events/event_text.h"
#include "exporters/security/signals/line_work.h"
#include "exporters/security/signals/stable_hash.h"

namespace picket::security {
namespace {

constexpr std::size_t kTargetMax = 512;
constexpr std::uint32_t kAcceptedFactor = 10;  ///< what was let through gets more events
constexpr std::string_view kTooManyRequests = "http_429";

bool is_accepted(const LogRecord& record) {
  return record.status > 0 && record.status < 400;
}

/// Of a request that nobody could look through, it is not known whether it is an attack.
bool is_attack(const AttackMatch& match) {
  return match.kind != AttackClass::Unscannable;
}

using CategoryFlags = std::array<bool, kCategories>;

CategoryFlags categories_of(const std::vector<AttackMatch>& matches) {
  CategoryFlags flags{};
  for (const AttackMatch& match : matches) flags.at(category_of(match.kind)) = true;
  return flags;
}

nlohmann::json attack_details(const LogRecord& record, const std::vector<AttackMatch>& matches) {
  nlohmann::json rules = nlohmann::json::array();
  for (const AttackMatch& match : matches) rules.push_back(match.rule);
  return {{"rules", std::move(rules)},
          {"method", readable_text(record.method, 16)},
          {"target", readable_text(record.target, kTargetMax)},
          {"user_agent", readable_text(record.user_agent, kTargetMax)},
          {"status", record.status},
          {"accepted", is_accepted(record)}};
}

void tell_of_attack(LineWork& work, const std::vector<AttackMatch>& matches) {
  const std::size_t category = category_of(matches.front().kind);
  const bool accepted = is_accepted(work.record);
  EventBudget& budget = (accepted ? work.state.accepted_events : work.state.refused_events).at(category);
  const std::uint32_t max = work.config.events_per_minute * (accepted ? kAcceptedFactor : 1);
  if (!budget.take(work.now, max)) {
    ++work.state.counters.events_left_out.at(category);
    return;
  }
  const std::string_view name = to_string(matches.front().kind);
  const bool is_known = is_attack(matches.front());
  add_event(work, {.kind = "attack",
                   .category = name,
                   .severity = !is_known  ? Severity::Info
                               : accepted ? Severity::High
                                          : Severity::Low,
                   .summary = fmt::format("{} {} with {}", name, accepted ? "accepted" : "not accepted",
                                          work.record.status),
                   .details = attack_details(work.record, matches)});
}

void follow_attacker(LineWork& work) {
  if (work.client == nullptr) return;
  ++work.client->attacks;
  if (is_accepted(work.record)) ++work.client->accepted;
  work.state.attack_clients.add(hash_of(work.client->client), work.now);
  work.state.top.add(TopKind::Attacks, work.client->client, 1, work.now);
}

void count_attacks(LineWork& work) {
  std::vector<AttackMatch> matches = work.scan.matches(work.record);
  if (matches.empty()) return;
  // What is known stands first: it names the event.
  std::ranges::stable_partition(matches, is_attack);
  SignalCounters& counters = work.state.counters;
  const CategoryFlags flags = categories_of(matches);
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if (!flags[i]) continue;
    ++counters.attacks[i];
    if (is_accepted(work.record)) ++counters.attacks_accepted[i];
    work.state.attack_history.add(i, is_accepted(work.record), work.now);
  }
  for (const AttackMatch& match : matches) ++counters.rules[std::string(match.rule)];
  if (is_attack(matches.front())) follow_attacker(work);
  tell_of_attack(work, matches);
}

void find_scraping(LineWork& work) {
  ClientActivity& client = *work.client;
  ++client.requests;
  client.targets.add(stable_hash(work.record.target));
  if (client.requests < work.config.scraping.requests) return;
  const std::uint32_t targets = client.targets.estimate();
  if (targets < work.config.scraping.targets) return;
  if (begins(work, client.detected, DetectionKind::Scraping))
    tell_of_detection(work, {.kind = DetectionKind::Scraping,
                             .of = "client",
                             .counts = {{"requests", client.requests}, {"targets", targets}}});
}

void find_enumeration(LineWork& work) {
  ClientActivity& client = *work.client;
  if (work.record.status != 404) return;
  ++client.not_found;
  if (client.not_found < work.config.enumeration.not_found) return;
  if (begins(work, client.detected, DetectionKind::Enumeration))
    tell_of_detection(work, {.kind = DetectionKind::Enumeration,
                             .of = "client",
                             .counts = {{"not_found", client.not_found}, {"requests", client.requests}}});
}

}  // namespace

void count_request(LineWork& work) {
  const LogRecord& record = work.record;
  SignalCounters& counters = work.state.counters;
  ++counters.requests.at(index_in(kHttpMethods, record.method)).at(status_class_of(record.status));
  if (work.client != nullptr) {
    work.state.top.add(TopKind::Requests, work.client->client, 1, work.now);
    find_scraping(work);
    find_enumeration(work);
  }
  if (record.status == 429) ++limit_of(counters, kTooManyRequests);
  count_attacks(work);
  count_transfers(work);
}

void count_rate_limit(LineWork& work) {
  ++limit_of(work.state.counters, work.record.limit);
}

}  // namespace picket::security
