#include <algorithm>

#include "exporters/security/events/event_text.h"
#include "exporters/security/signals/line_work.h"
#include "exporters/security/signals/stable_hash.h"

namespace picket::security {
namespace {

constexpr std::uint32_t kFailuresPerAccount = 2;  ///< fewer is spraying, not brute force

bool is_second_factor(LoginMethod method) {
  constexpr std::array kFactors{LoginMethod::Totp, LoginMethod::Sms, LoginMethod::Email,
                                LoginMethod::RecoveryCode};
  return std::ranges::find(kFactors, method) != kFactors.end();
}

void follow_client(LineWork& work, std::uint64_t account) {
  ClientActivity& client = *work.client;
  client.failures += work.record.count;
  if (account != 0) client.failed_accounts.add(account);
  if (account != 0 && work.record.failure == LoginFailure::UnknownAccount)
    client.unknown_accounts.add(account);
  work.state.failing_clients.add(hash_of(client.client), work.now);
  work.state.top.add(TopKind::Failures, client.client, work.record.count, work.now);
}

void judge_client(LineWork& work) {
  ClientActivity& client = *work.client;
  const std::uint32_t accounts = client.failed_accounts.estimate();
  const std::uint32_t unknown = client.unknown_accounts.estimate();
  const auto note = [&](DetectionKind kind) {
    if (!begins(work, client.detected, kind)) return;
    tell_of_detection(
        work,
        {.kind = kind,
         .of = "client",
         .counts = {{"failures", client.failures}, {"accounts", accounts}, {"unknown_accounts", unknown}}});
  };
  const bool is_many = client.failures >= work.config.brute_force.failures;
  if (is_many && client.failures >= kFailuresPerAccount * accounts) note(DetectionKind::BruteForce);
  if (accounts >= work.config.spraying.accounts) note(DetectionKind::Spraying);
  if (unknown >= work.config.enumeration.accounts) note(DetectionKind::Enumeration);
}

void judge_account(LineWork& work, std::uint64_t key) {
  const AccountActivity fresh{.account = readable_text(work.record.account, kAccountMax)};
  AccountActivity& account =
      work.state.accounts.at(key, fresh, work.now, work.state.counters.accounts_evicted);
  account.move_to(work.now, work.window());
  account.failures += work.record.count;
  if (work.client != nullptr) account.clients.add(hash_of(work.client->client));
  if (account.failures >= work.config.brute_force.account_failures) {
    if (begins(work, account.detected, DetectionKind::BruteForce))
      tell_of_detection(
          work, {.kind = DetectionKind::BruteForce,
                 .of = "account",
                 .counts = {{"failures", account.failures}, {"clients", account.clients.estimate()}}});
  }
  work.state.accounts.touched(key);
}

void judge_source(LineWork& work) {
  SourceActivity& logins = work.state.logins;
  const StuffingConfig& config = work.config.stuffing;
  const std::uint32_t clients = logins.clients.estimate();
  const std::uint32_t accounts = logins.accounts.estimate();
  if (clients < config.clients || accounts < config.accounts) return;
  if (logins.failures < config.failure_ratio * logins.logins) return;
  if (begins(work, logins.detected, DetectionKind::Stuffing))
    tell_of_detection(work, {.kind = DetectionKind::Stuffing,
                             .of = "source",
                             .counts = {{"logins", logins.logins},
                                        {"failures", logins.failures},
                                        {"clients", clients},
                                        {"accounts", accounts}}});
}

void follow_failure(LineWork& work) {
  const std::uint64_t account = work.record.account.empty() ? 0 : stable_hash(work.record.account);
  SourceActivity& logins = work.state.logins;
  logins.failures += work.record.count;
  if (account != 0) {
    logins.accounts.add(account);
    work.state.failing_accounts.add(account, work.now);
  }
  if (work.client != nullptr) {
    logins.clients.add(hash_of(work.client->client));
    follow_client(work, account);
    judge_client(work);
  }
  if (account != 0) judge_account(work, account);
  judge_source(work);
}

}  // namespace

void count_login(LineWork& work) {
  const LogRecord& record = work.record;
  SignalCounters& counters = work.state.counters;
  const auto method = static_cast<std::size_t>(record.method_of_login);
  const bool has_failed = record.failure != LoginFailure::None;
  counters.logins.at(method) += record.count;
  if (has_failed)
    counters.login_failures.at(method).at(static_cast<std::size_t>(record.failure)) += record.count;
  if (is_second_factor(record.method_of_login)) {
    counters.mfa_challenges.at(method) += record.count;
    if (has_failed) counters.mfa_failures.at(method) += record.count;
  }
  work.state.logins.move_to(work.now, work.window());
  work.state.logins.logins += record.count;
  if (has_failed) follow_failure(work);
}

}  // namespace picket::security
