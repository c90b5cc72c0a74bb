#include "exporters/security/signals/signals_state.h"

namespace picket::security {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kEntriesMax = 1'000'000;  ///< of a table, whatever the configuration was

/// By name: the lists grow from version to version.
template <class Kinds, std::size_t N>
Json json_of_budgets(const Kinds& kinds, const std::array<EventBudget, N>& budgets) {
  Json json = Json::object();
  for (std::size_t i = 0; i < N; ++i) {
    if (budgets[i].used > 0)
      json[std::string(to_string(kinds[i]))] = fields_json(std::tie(budgets[i].minute, budgets[i].used));
  }
  return json;
}

template <class Kinds, std::size_t N>
bool restore(const Json& json, const Kinds& kinds, std::array<EventBudget, N>& budgets) {
  if (!json.is_object()) return false;
  for (std::size_t i = 0; i < N; ++i) {
    const auto found = json.find(to_string(kinds[i]));
    if (found != json.end() && !read_fields(*found, std::tie(budgets[i].minute, budgets[i].used)))
      return false;
  }
  return true;
}

/// The members of a state, one after the other.
class Members {
 public:
  explicit Members(const Json& json) : json_(json) {}

  template <class Restore>
  void read(const char* key, const Restore& restore) {
    const auto found = json_.find(key);
    if (torn_.empty() && (found == json_.end() || !restore(*found))) torn_ = key;
  }
  template <class Part>
  void restore_part(const char* key, Part& part) {
    read(key, [&part](const Json& json) { return part.restore(json); });
  }
  template <class Activity>
  void restore_table(const char* key, ActivityTable<Activity>& table) {
    read(key, [&table](const Json& json) { return table.restore(json, kEntriesMax); });
  }
  const std::string& torn() const { return torn_; }

 private:
  const Json& json_;
  std::string torn_;
};

bool restore_counters(const Json& json, SignalCounters& counters) {
  auto read = counters_from_json(json);
  if (read) counters = std::move(*read);
  return read.has_value();
}

}  // namespace

void SignalsState::clear_windows() {
  clients.clear();
  accounts.clear();
  logins = {};
  for (DistinctWindows* windows : {&attack_clients, &failing_clients, &failing_accounts}) windows->clear();
  top.clear();
  attack_history.clear();
  refused_events = accepted_events = {};
  detection_events = {};
  transfer_events = {};
}

Json json_of(const SignalsState& state) {
  return {
      {"version", kVersion},
      {"counters", json_of(state.counters)},
      {"clock", state.clock.to_json()},
      {"learned_hour", state.learned_hour},
      {"clients", state.clients.to_json()},
      {"accounts", state.accounts.to_json()},
      {"logins", state.logins.to_json()},
      {"attack_clients", state.attack_clients.to_json()},
      {"failing_clients", state.failing_clients.to_json()},
      {"failing_accounts", state.failing_accounts.to_json()},
      {"baseline", state.baseline.to_json()},
      {"top", state.top.to_json()},
      {"attack_history", state.attack_history.to_json()},
      {"chain", state.chain.to_json()},
      {"refused_events", json_of_budgets(kAttackClasses, state.refused_events)},
      {"accepted_events", json_of_budgets(kAttackClasses, state.accepted_events)},
      {"detection_events", json_of_budgets(kDetectionKinds, state.detection_events)},
      {"transfer_events", fields_json(std::tie(state.transfer_events.minute, state.transfer_events.used))}};
}

Result<SignalsState> state_from_json(const Json& json, const SignalsConfig& config) {
  if (!json.is_object()) return fail(ErrorKind::Corrupt, "the state of the signals is not an object");
  SignalsState state(config);
  Members members(json);
  members.read("version", [](const Json& version) {
    std::uint64_t read = 0;
    return read_field(version, read) && read == kVersion;
  });
  members.read("counters", [&](const Json& part) { return restore_counters(part, state.counters); });
  members.restore_part("clock", state.clock);
  members.read("learned_hour", [&](const Json& part) { return read_field(part, state.learned_hour); });
  members.restore_table("clients", state.clients);
  members.restore_table("accounts", state.accounts);
  members.restore_part("logins", state.logins);
  members.restore_part("attack_clients", state.attack_clients);
  members.restore_part("failing_clients", state.failing_clients);
  members.restore_part("failing_accounts", state.failing_accounts);
  members.restore_part("baseline", state.baseline);
  members.restore_part("top", state.top);
  members.restore_part("attack_history", state.attack_history);
  members.restore_part("chain", state.chain);
  members.read("refused_events",
               [&](const Json& part) { return restore(part, kAttackClasses, state.refused_events); });
  members.read("accepted_events",
               [&](const Json& part) { return restore(part, kAttackClasses, state.accepted_events); });
  members.read("detection_events",
               [&](const Json& part) { return restore(part, kDetectionKinds, state.detection_events); });
  members.read("transfer_events", [&](const Json& part) {
    return read_fields(part, std::tie(state.transfer_events.minute, state.transfer_events.used));
  });
  if (!members.torn().empty())
    return fail(ErrorKind::Corrupt,
                fmt::format("the state of the signals is torn at \"{}\"", members.torn()));
  return state;
}

}  // namespace picket::security
