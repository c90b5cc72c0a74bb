#include "exporters/security/signals/signal_counters.h"

#include "exporters/security/events/event_text.h"
#include "exporters/security/signals/state_json.h"

namespace picket::security {
namespace {

constexpr std::size_t kRulesMax = 2000;
constexpr std::size_t kNameMax = 128;  ///< of what is read
constexpr std::size_t kLimitNameMax = 64;
constexpr std::string_view kOther = "other";

using Json = nlohmann::json;
using Names = std::span<const std::string_view>;

template <class Kinds>
std::vector<std::string_view> names_of(const Kinds& kinds) {
  std::vector<std::string_view> names;
  names.reserve(kinds.size());
  for (const auto kind : kinds) names.push_back(to_string(kind));
  return names;
}

template <class Kind, std::size_t N>
std::vector<std::string_view> names_up_to() {
  std::vector<std::string_view> names;
  names.reserve(N);
  for (std::size_t i = 0; i < N; ++i) names.push_back(to_string(static_cast<Kind>(i)));
  return names;
}

/// Counts by name, those of zero left out: a list of names may grow from version to version.
Json json_by(Names names, std::span<const Count> counts) {
  Json json = Json::object();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) json[std::string(names[i])] = counts[i];
  }
  return json;
}

/// A name that is not known any more is ignored.
bool read_by(Names names, const Json& json, std::span<Count> counts) {
  if (!json.is_object() || json.size() > kRulesMax) return false;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto found = json.find(names[i]);
    if (found != json.end() && !read_field(*found, counts[i])) return false;
  }
  return true;
}

/// Every counter with its name and the names of its places, for both directions. `visit` has the overloads
/// (key, Count&), (key, names, counts) and (key, names, names, counts).
template <class Counters, class Visit>
void visit_counters(Counters& c, Visit&& visit) {
  static const auto methods = names_up_to<LoginMethod, kLoginMethods>();
  static const auto failures = [] {
    auto names = names_up_to<LoginFailure, kLoginFailures>();
    names[0] = "none";
    return names;
  }();
  static const auto categories = names_of(kAttackClasses);
  static const auto directions = names_of(kDirections);
  static const auto reasons = names_of(kTransferReasons);
  static const auto detections = names_of(kDetectionKinds);
  visit("requests", kHttpMethods, kStatusClasses, c.requests);
  visit("attacks", categories, c.attacks);
  visit("attacks_accepted", categories, c.attacks_accepted);
  visit("logins", methods, c.logins);
  visit("login_failures", methods, failures, c.login_failures);
  visit("lockouts", kLockoutReasons, c.lockouts);
  visit("mfa_challenges", methods, c.mfa_challenges);
  visit("mfa_failures", methods, c.mfa_failures);
  visit("password_resets", kResetInitiators, c.password_resets);
  visit("privilege_changes", kPrivilegeActions, c.privilege_changes);
  visit("revocations", kRevocationReasons, c.revocations);
  visit("blocks", kBlockReasons, c.blocks);
  visit("unblocks", kBlockReasons, c.unblocks);
  visit("audit", kAuditActions, kAuditOutcomes, c.audit);
  visit("transfers", directions, c.transfers);
  visit("suspicious_transfers", directions, reasons, c.suspicious_transfers);
  visit("transfer_bytes", directions, c.transfer_bytes);
  visit("detections", detections, c.detections);
  visit("events_left_out", categories, c.events_left_out);
  visit("other_events_left_out", c.other_events_left_out);
  visit("clients_evicted", c.clients_evicted);
  visit("accounts_evicted", c.accounts_evicted);
  visit("times_refused", c.times_refused);
  visit("clock_resets", c.clock_resets);
}

struct Writer {
  Json& json;

  void operator()(const char* key, const Count& count) const { json[key] = count; }
  void operator()(const char* key, Names names, std::span<const Count> counts) const {
    json[key] = json_by(names, counts);
  }
  template <class Rows>
  void operator()(const char* key, Names names, Names inner, const Rows& rows) const {
    Json& out = json[key] = Json::object();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      Json row = json_by(inner, rows[i]);
      if (!row.empty()) out[std::string(names[i])] = std::move(row);
    }
  }
};

/// A counter that is missing stays zero: a version before did not have it.
struct Reader {
  const Json& json;
  bool is_read = true;

  const Json* find(const char* key) const {
    const auto found = json.find(key);
    return found == json.end() ? nullptr : &*found;
  }
  void operator()(const char* key, Count& count) {
    const Json* found = find(key);
    is_read = is_read && (found == nullptr || read_field(*found, count));
  }
  void operator()(const char* key, Names names, std::span<Count> counts) {
    const Json* found = find(key);
    is_read = is_read && (found == nullptr || read_by(names, *found, counts));
  }
  template <class Rows>
  void operator()(const char* key, Names names, Names inner, Rows& rows) {
    const Json* found = find(key);
    if (found == nullptr) return;
    is_read = is_read && found->is_object() && found->size() <= kRulesMax;
    for (std::size_t i = 0; is_read && i < rows.size(); ++i) {
      const auto row = found->find(names[i]);
      is_read = row == found->end() || read_by(inner, *row, rows[i]);
    }
  }
};

/// All counters with fixed places, one behind the other.
template <class Pointer>
struct Places {
  std::vector<Pointer> all;

  template <class Value>
  void operator()(const char*, Value& count) {
    all.push_back(&count);
  }
  template <class Counts>
  void operator()(const char*, Names, Counts& counts) {
    for (auto& count : counts) all.push_back(&count);
  }
  template <class Rows>
  void operator()(const char* key, Names, Names inner, Rows& rows) {
    for (auto& row : rows) (*this)(key, inner, row);
  }
};

template <class Pointer, class Counters>
std::vector<Pointer> places_of(Counters& counters) {
  Places<Pointer> places;
  visit_counters(counters, places);
  for (auto& sizes : counters.transfer_sizes) {
    for (auto& count : sizes) places.all.push_back(&count);
  }
  return std::move(places.all);
}

/// Of a member that is an object of at most `max` values under names.
template <class Map, class Read>
bool read_map(const Json& json, const char* key, Map& out, const Read& read) {
  const auto found = json.find(key);
  if (found == json.end()) return true;
  if (!found->is_object() || found->size() > kRulesMax) return false;
  for (const auto& [name, value] : found->items()) {
    if (name.size() > kNameMax || !read(value, out[name])) return false;
  }
  return true;
}

bool read_rest(const Json& json, SignalCounters& counters) {
  const auto read_count = [](const Json& value, Count& count) { return read_field(value, count); };
  const auto read_limit = [](const Json& value, Count& count) {
    Count checks = 0;  // a version before wrote it, too
    return value.is_array() ? read_fields(value, std::tie(checks, count)) : read_field(value, count);
  };
  const auto sizes = json.find("transfer_sizes");
  return read_map(json, "rules", counters.rules, read_count) &&
         read_map(json, "limits", counters.limits, read_limit) &&
         counters.limits.size() <= SignalCounters::kLimitsMax + 1 &&
         (sizes == json.end() || read_field(*sizes, counters.transfer_sizes));
}

}  // namespace

void add(SignalCounters& sum, const SignalCounters& counters) {
  const auto to = places_of<Count*>(sum);
  const auto from = places_of<const Count*>(counters);
  for (std::size_t i = 0; i < to.size(); ++i) *to[i] += *from[i];
  for (const auto& [rule, count] : counters.rules) sum.rules[rule] += count;
  for (const auto& [name, count] : counters.limits) limit_of(sum, name) += count;
}

Count& limit_of(SignalCounters& counters, std::string_view name) {
  const auto found = counters.limits.find(name);
  if (found != counters.limits.end()) return found->second;
  const bool is_full = counters.limits.size() >= SignalCounters::kLimitsMax;
  return counters.limits[is_full || name.empty() ? std::string(kOther) : readable_text(name, kLimitNameMax)];
}

Json json_of(const SignalCounters& counters) {
  Json json = Json::object();
  visit_counters(counters, Writer{json});
  json["rules"] = counters.rules;
  json["limits"] = counters.limits;
  json["transfer_sizes"] = counters.transfer_sizes;
  return json;
}

Result<SignalCounters> counters_from_json(const Json& json) {
  SignalCounters counters;
  if (!json.is_object()) return fail(ErrorKind::Corrupt, "the counters are not an object");
  Reader reader{json};
  visit_counters(counters, reader);
  if (!reader.is_read || !read_rest(json, counters)) return fail(ErrorKind::Corrupt, "the counters are torn");
  return counters;
}

}  // namespace picket::security
