#include "exporters/health/engine/recommendation.h"

namespace picket::health {
namespace {

std::string_view of_credentials(std::string_view kind) {
  if (kind == "postgres")
    return "Check the user, the password and the database of the DSN; then pg_hba.conf and the server's log.";
  if (kind == "redis")
    return "Check the user and the password of the check; then what the user may do (ACL GETUSER).";
  return "Check the credentials that the check uses, and whether they were changed or locked.";
}

std::string_view by_reason(FailureReason reason, std::string_view kind) {
  switch (reason) {
    case FailureReason::Resolve:
      return "Look up the name on this machine (getent hosts); then check the DNS servers in "
             "/etc/resolv.conf.";
    case FailureReason::Connect:
      return "Check that the service runs and listens on that address and port; then look for a firewall in "
             "between.";
    case FailureReason::Tls:
      return "Try the handshake with openssl s_client; then compare the TLS versions and ciphers of both "
             "sides.";
    case FailureReason::Timeout:
      return "Look at the load of the service and what it waits for; then at the network in between.";
    case FailureReason::Status:
      return "Read the service's own log at the time of the last error.";
    case FailureReason::Content:
      return "Compare the answer with what the check expects; the service may have changed.";
    case FailureReason::Cert:
      return "Renew or correct the certificate, its chain and its names.";
    case FailureReason::Auth:
      return of_credentials(kind);
    case FailureReason::Protocol:
      return "See what really listens on that port.";
    case FailureReason::Policy:
      return "The target policy forbids this address: correct the target, or allow the network in "
             "target_policy.";
    case FailureReason::Internal:
      return "The probe itself could not run: read the exporter's log and the message of the last error.";
    case FailureReason::None:
      break;
  }
  return "The service answers, but slower or worse than it should: look at its load and its own "
         "dependencies.";
}

}  // namespace

std::string recommendation_on(const CheckConfig& config, FailureReason reason) {
  if (!config.recommendation.empty()) return config.recommendation;
  if (config.heartbeat && reason == FailureReason::Timeout) {
    return "Check that the service runs and that its reports reach this exporter.";
  }
  return std::string(by_reason(reason, config.kind()));
}

std::string recommendation_on_flapping(const CheckConfig& config) {
  if (!config.recommendation.empty()) return config.recommendation;
  return "The state changes too often: see what fails again and again, such as a process that restarts or "
         "one "
         "of several servers behind the same name.";
}

std::string recommendation_for(const CheckStatus& check) {
  const bool ill = check.state == State::Degraded || check.state == State::Down;
  if (check.state == State::Operational) return "";
  if (!ill) return check.config->recommendation;
  const bool failed = check.state == State::Down && check.last_error;
  if (check.flapping && !failed) return recommendation_on_flapping(*check.config);
  const FailureReason warned = check.last ? check.last->reason : FailureReason::None;
  return recommendation_on(*check.config, failed ? check.last_error->reason : warned);
}

}  // namespace picket::health
