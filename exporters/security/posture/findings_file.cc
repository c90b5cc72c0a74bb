#include "exporters/security/posture/findings_file.h"

#include <utility>

#include "base/json/json.h"
#include "base/time/timestamp.h"

namespace picket::security {
namespace {

using Json = nlohmann::json;

constexpr Bytes kFileMax{4 << 20};
constexpr JsonLimits kLimits{.bytes = 4 << 20, .depth = 4, .values = 50'000};
constexpr unsigned kMode = 0600;
constexpr int kVersion = 1;
/// Of a moment; what is outside is no time of a scan.
constexpr std::int64_t kMillisMax = 9'000'000'000'000;

Failure torn() {
  return fail(ErrorKind::Corrupt, "it does not hold open findings");
}

/// A check that is not known any more is left out.
Result<OpenFindings> open_findings(const Json& json) {
  if (!json.is_object()) return torn();
  OpenFindings open;
  for (const auto& [id, time] : json.items()) {
    if (!time.is_number_integer()) return torn();
    const auto millis = time.get<std::int64_t>();
    if (millis < 0 || millis > kMillisMax) return torn();
    if (const Check* check = find_check(id)) open.emplace(check->id, from_unix_millis(millis));
  }
  return open;
}

Result<FindingsByTarget> decode(const std::string& text) {
  const Result<Json> json = parse_json(text, kLimits);
  if (!json) return fail(json);
  if (!json->is_object() || json->value("version", Json()) != kVersion) return torn();
  const auto targets = json->find("targets");
  if (targets == json->end() || !targets->is_object()) return torn();
  FindingsByTarget all;
  for (const auto& [target, findings] : targets->items()) {
    Result<OpenFindings> open = open_findings(findings);
    if (!open) return fail(open);
    all.emplace(target, std::move(*open));
  }
  return all;
}

std::string encode(const FindingsByTarget& all) {
  Json targets = Json::object();
  for (const auto& [target, open] : all) {
    Json& findings = targets[target] = Json::object();
    for (const auto& [check, time] : open) findings[std::string(check)] = unix_millis(time);
  }
  return to_json(Json{{"version", kVersion}, {"targets", std::move(targets)}});
}

}  // namespace

FindingsFile::FindingsFile(std::string path, const Services& services)
    : path_(std::move(path)),
      files_(services.files),
      clock_(services.clock),
      log_(services.log),
      failures_(services.registry
                    .counter("security_posture_state_write_failures_total",
                             "Tries to store the open findings of scans that failed.")
                    .Add({})) {}

FindingsByTarget FindingsFile::load() {
  const Result<std::string> text = files_.read(path_, kFileMax);
  if (!text && text.error().kind == ErrorKind::NotFound) return {};
  Result<FindingsByTarget> findings = text ? decode(*text) : fail(text);
  if (!findings) {
    set_aside(text, findings.error());
    return {};
  }
  stored_ = *findings;
  return std::move(*findings);
}

void FindingsFile::set_aside(const Result<std::string>& text, const Error& error) {
  const std::string aside = fmt::format("{}.damaged-{}", path_, unix_millis(clock_.wall()) / 1000);
  const Result<void> kept = text ? files_.write_atomic(aside, *text, kMode) : fail(text);
  if (kept) (void)files_.remove(path_);
  log_.error("the stored findings of scans cannot be used: they are told again",
             {{"file", path_}, {"error", error}, {"kept_as", kept ? aside : path_}});
}

void FindingsFile::save(const FindingsByTarget& findings) {
  if (findings == stored_) return;
  const Result<void> saved = files_.write_atomic(path_, encode(findings), kMode);
  if (!saved) failures_.Increment();
  if (!saved && !is_failing_)
    log_.error("the findings of scans are not stored: they are told again after a restart",
               {{"file", path_}, {"error", saved.error()}});
  is_failing_ = !saved;
  if (saved) stored_ = findings;
}

}  // namespace picket::security
