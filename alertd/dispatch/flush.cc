#include "alertd/dispatch/flush.h"

namespace picket::alertd {
namespace {

GroupView split_alerts(const DispatchConfig& config, const FlushInput& input, FlushOutput& output) {
  const Inhibition inhibition(config.inhibit_rules, input.all_firing);
  const Muter& muter = inhibition;
  GroupView view;
  for (const Alert& alert : input.alerts) {
    if (alert.resolved()) {
      view.resolved.push_back(alert);
    } else if (muter.mutes(alert, input.now)) {
      view.muted.insert(alert.fingerprint());
      ++output.muted;
    } else {
      view.firing.push_back(alert);
    }
  }
  return view;
}

/// Appends the messages of one integration; false when its texts could not be rendered.
bool render(const DispatchConfig& config, const FlushInput& input, const Integration& integration,
            const Decision& decision, FlushOutput& output) {
  const Notification notification{.receiver = input.route->receiver,
                                  .group_key = input.group_key,
                                  .group_labels = input.group_labels,
                                  .alerts = decision.alerts,
                                  .external_url = config.external_url,
                                  .reason = std::string(to_string(decision.reason)),
                                  .now = input.now};
  Result<std::vector<Message>> messages = integration.notifier->render(notification);
  if (!messages) {
    output.errors.push_back(
        fmt::format("{}/{}: {}", input.route->receiver, integration.name, messages.error().message));
    return false;
  }
  for (Message& message : *messages) {
    output.deliveries.push_back({.receiver = input.route->receiver,
                                 .integration = integration.name,
                                 .target = std::move(message.target),
                                 .group_key = input.group_key,
                                 .status = std::string(notification.status()),
                                 .summary = std::move(message.summary),
                                 .payload = std::move(message.payload)});
  }
  return true;
}

void tell(const DispatchConfig& config, const FlushInput& input, const GroupView& view, FlushOutput& output) {
  const auto receiver = config.receivers.find(input.route->receiver);
  if (receiver == config.receivers.end()) return;
  for (const Integration& integration : receiver->second) {
    const std::string name = input.route->receiver + "/" + integration.name;
    const auto told = input.told.find(name);
    const Decision decision = decide(told == input.told.end() ? nullptr : &told->second, view,
                                     {.send_resolved = integration.notifier->send_resolved(),
                                      .repeat_interval = input.route->repeat_interval,
                                      .now = input.now});
    if (decision.reason != SendReason::Nothing && !render(config, input, integration, decision, output))
      continue;
    if (decision.after) output.told.emplace(name, *decision.after);
  }
}

}  // namespace

FlushOutput flush(const DispatchConfig& config, const FlushInput& input) {
  FlushOutput output;
  const GroupView view = split_alerts(config, input, output);
  output.muted_by_time = muted_by_time(*input.route, config.intervals, input.now);
  if (!output.muted_by_time.empty()) return output;  // ended alerts stay, to be told when the route may speak
  tell(config, input, view, output);
  if (output.errors.empty()) output.ended = view.resolved;
  return output;
}

}  // namespace picket::alertd
