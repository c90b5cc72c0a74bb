#include "exporters/security/formats/authd_audit_parser.h"

#include <algorithm>
#include <array>

#include "base/json/json.h"
#include "exporters/security/formats/client_of.h"
#include "exporters/security/formats/log_time.h"

namespace picket::security {
namespace {

using Json = nlohmann::json;

const JsonLimits kAuditLimits{.bytes = kLineMax, .depth = 18, .values = 16'384};

struct FactorName {
  std::string_view name;
  LoginMethod method;
};
/// Source: authd's login journal.
constexpr std::array kFactors{
    FactorName{"password", LoginMethod::Password},
    FactorName{"totp", LoginMethod::Totp},
    FactorName{"email", LoginMethod::Email},
    FactorName{"sms", LoginMethod::Sms},
    FactorName{"backup_code", LoginMethod::RecoveryCode},
};

struct ReasonName {
  std::string_view name;
  LoginFailure failure;
};
/// "wrong" and whatever else is about the code itself depends on the factor.
constexpr std::array kReasons{
    ReasonName{"unknown", LoginFailure::UnknownAccount}, ReasonName{"locked", LoginFailure::Locked},
    ReasonName{"stopped", LoginFailure::Locked},         ReasonName{"suspended", LoginFailure::Disabled},
    ReasonName{"expired", LoginFailure::Expired},        ReasonName{"owner_network", LoginFailure::Policy},
    ReasonName{"limited", LoginFailure::Policy},         ReasonName{"foreign", LoginFailure::Policy},
    ReasonName{"malformed", LoginFailure::Other},        ReasonName{"busy", LoginFailure::Other},
    ReasonName{"unavailable", LoginFailure::Other},
};

std::string_view member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? std::string_view(found->get_ref<const std::string&>())
                                                     : std::string_view();
}

LoginFailure audit_failure_of(std::string_view reason, LoginMethod method) {
  const auto* const known = std::ranges::find(kReasons, reason, &ReasonName::name);
  if (known != kReasons.end()) return known->failure;
  return method == LoginMethod::Password ? LoginFailure::BadPassword : LoginFailure::Mfa;
}

/// Of "user:019b8e5c-...".
std::string_view account_in(std::string_view resource) {
  constexpr std::string_view kUser = "user:";
  return resource.starts_with(kUser) ? resource.substr(kUser.size()) : std::string_view();
}

}  // namespace

ParseResult AuthdAuditParser::read(std::string_view line, WallTime, LogRecord& out) {
  auto parsed = parse_json(line, kAuditLimits);
  if (!parsed || !parsed->is_object()) return ParseResult::Format;
  line_ = std::move(*parsed);
  const auto details = line_.find("details");
  const bool is_row = details != line_.end() && details->is_object() && line_.contains("seq") &&
                      line_.contains("hash") && !member(line_, "action").empty();
  if (!is_row) return ParseResult::Format;
  out.time = parse_iso_time(member(line_, "timestamp"));
  if (!out.time) return ParseResult::Time;
  out.kind = RecordKind::Account;
  out.action = member(line_, "action");
  out.outcome = member(line_, "result");
  out.reason = member(*details, "reason");
  out.account = account_in(member(line_, "resource"));
  out.client = parse_client(member(line_, "ip"));
  out.user_agent = member(line_, "userAgent");
  if (const std::string_view factor = member(*details, "factor"); !factor.empty()) take_attempt(factor, out);
  out.chain = chain_.take(line);
  out.chain_row = chain_.row();
  return ParseResult::Ok;
}

/// A first step that succeeded, and whoever shows again that they are who they are, do not log in.
void AuthdAuditParser::take_attempt(std::string_view factor, LogRecord& out) const {
  const auto* const known = std::ranges::find(kFactors, factor, &FactorName::name);
  out.method_of_login = known == kFactors.end() ? LoginMethod::Other : known->method;
  const bool has_succeeded = out.outcome == "success";
  if (has_succeeded && out.action != "auth.login") return;
  out.kind = RecordKind::Login;
  if (!has_succeeded) out.failure = audit_failure_of(out.reason, out.method_of_login);
}

}  // namespace picket::security
