#include "authd/login/login_journal.h"

#include <array>

namespace picket::authd {
namespace {

constexpr std::array kFactors{Factor::Password, Factor::Totp, Factor::Email, Factor::Sms, Factor::BackupCode};
constexpr std::array<std::string_view, 15> kRefusals{
    "none",      "wrong", "unknown", "locked",      "stopped",       "suspended", "malformed", "expired",
    "exhausted", "spent", "busy",    "unavailable", "owner_network", "limited",   "foreign"};

prometheus::Labels labels_of(Factor factor, std::string_view reason) {
  return {{"factor", std::string(to_string(factor))},
          {"result", reason == kRefusals[0] ? "success" : "failure"},
          {"reason", std::string(reason)}};
}

}  // namespace

std::string_view to_string(Factor factor) {
  switch (factor) {
    case Factor::Password:
      return "password";
    case Factor::Totp:
      return "totp";
    case Factor::Email:
      return "email";
    case Factor::Sms:
      return "sms";
    case Factor::BackupCode:
      break;
  }
  return "backup_code";
}

std::optional<Factor> parse_second_factor(std::string_view text) {
  for (const Factor factor : kFactors) {
    if (factor != Factor::Password && text == to_string(factor)) return factor;
  }
  return std::nullopt;
}

std::string_view to_string(Refusal refusal) {
  return kRefusals.at(static_cast<std::size_t>(refusal));
}

LoginJournal::LoginJournal(AuditLog& audit, const Clock& clock, MetricRegistry& registry, Logger& log)
    : audit_(audit),
      clock_(clock),
      log_(log),
      attempts_(registry.counter("authd_login_attempts_total",
                                 "Attempts to prove a person, by factor and how they ended.")) {
  for (const Factor factor : kFactors) {
    for (const std::string_view reason : kRefusals) attempts_.Add(labels_of(factor, reason));
  }
}

Result<void> LoginJournal::attempt(const AttemptNote& note, const Client& client) {
  attempts_.Add(labels_of(note.factor, to_string(note.refusal))).Increment();
  const bool is_about_nobody = note.refusal == Refusal::Busy || note.refusal == Refusal::Unavailable ||
                               note.refusal == Refusal::Limited;
  if (is_about_nobody) return {};
  const bool proven = note.refusal == Refusal::None;
  if (!proven) {
    const std::string address = client.address.text();
    log_.warn_of(address, "login refused",
                 {{"client", address},
                  {"action", note.action},
                  {"factor", to_string(note.factor)},
                  {"reason", to_string(note.refusal)}});
  }
  AuditEvent event;
  event.action = note.action;
  event.user_id = proven ? note.account : "";
  event.resource = note.account.empty() ? "" : "user:" + note.account;
  event.result = proven ? "success" : "denied";
  event.details = audit_details(
      {{"factor", to_string(note.factor)}, {"reason", to_string(note.refusal)}, {"methods", note.methods}});
  return append(std::move(event), client);
}

Result<void> LoginJournal::change(const ChangeNote& note, const Client& client) {
  AuditEvent event;
  event.action = note.action;
  event.user_id = note.user_id;
  event.resource = note.account.empty() ? "" : "user:" + note.account;
  event.result = note.result;
  event.details = audit_details(note.details);
  return append(std::move(event), client);
}

Result<void> LoginJournal::append(AuditEvent event, const Client& client) {
  event.timestamp = clock_.wall();
  event.ip = client.address.text();
  event.user_agent = client.user_agent;
  const auto row = audit_.append(event);
  if (!row) return fail(row, "writing the audit log");
  return {};
}

}  // namespace picket::authd
