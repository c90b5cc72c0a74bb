#include "alertd/dispatch/flush.h"

#include <algorithm>
#include <deque>

namespace picket::alertd {
namespace {

/// An end that nobody could be told of for so long is not told any more.
constexpr Duration kEndRetention = std::chrono::hours(24);

std::optional<MuteReason> why_muted(const Alert& alert, Timestamp now, Muters muters) {
  for (const Muter* muter : muters) {
    if (std::optional<MuteReason> reason = muter->mutes(alert, now)) return reason;
  }
  return std::nullopt;
}

std::optional<MuteReason> why_muted(const Route& route, Timestamp now, Muters muters) {
  for (const Muter* muter : muters) {
    if (std::optional<MuteReason> reason = muter->mutes_route(route, now)) return reason;
  }
  return std::nullopt;
}

GroupView split_alerts(const FlushInput& input, Muters muters, FlushOutput& output) {
  GroupView view;
  for (const Alert& alert : input.alerts) {
    if (alert.resolved()) {
      view.resolved.push_back(alert);
    } else if (const std::optional<MuteReason> reason = why_muted(alert, input.now, muters)) {
      view.muted.insert(alert.fingerprint());
      ++output.muted[reason->kind];
    } else {
      view.firing.push_back(alert);
    }
  }
  return view;
}

/// Decides and renders for one integration. Targets with the same to be told share a rendering.
class IntegrationFlush {
 public:
  IntegrationFlush(const DispatchConfig& config, const FlushInput& input, const GroupView& view,
                   const Integration& integration, FlushOutput& output)
      : config_(config), input_(input), view_(view), integration_(integration), output_(output) {
    const auto known = input.targets.find(integration.id);
    is_stored_ = known != input.targets.end() && !known->second.empty();
    before_ = is_stored_ ? known->second : TargetStates{{"", TargetState{}}};
  }

  void run() {
    for (const auto& [target, state] : before_) {
      const Decision decision = decide(state, view_,
                                       {.send_resolved = integration_.notifier->send_resolved(),
                                        .repeat_interval = input_.route->repeat_interval,
                                        .now = input_.now});
      if (decision.reason != SendReason::Nothing) {
        speak(target, decision);
      } else if (decision.changed) {
        keep(target, state, decision.after);
      }
      look_after_ended(state, decision.after);
    }
  }
  /// Ended alerts whose end a target still has to hear of.
  const std::set<Fingerprint>& needed() const { return needed_; }

 private:
  struct Spoken {
    SendReason reason;
    std::vector<Fingerprint> alerts;
    std::string status;
    std::vector<Message> messages;
  };

  void keep(const std::string& target, const TargetState& before, const TargetState& after) {
    output_.changes.push_back({.integration = integration_.id,
                               .target = target,
                               .waiting = before.waiting ? before.waiting->delivery : "",
                               .decided = after,
                               .after = after,
                               .message = std::nullopt});
  }

  /// Ended alerts stay as long as somebody has to be told of their end, or a message about them is on its
  /// way.
  void look_after_ended(const TargetState& before, const TargetState& after) {
    for (const Alert& alert : view_.resolved) {
      const Fingerprint fingerprint = alert.fingerprint();
      const bool on_its_way = after.waiting && after.refers_to(fingerprint);
      const bool to_be_told = before.refers_to(fingerprint) && after.refers_to(fingerprint) &&
                              input_.now - alert.ends_at < kEndRetention;
      if (on_its_way || to_be_told) needed_.insert(fingerprint);
    }
  }

  void speak(const std::string& target, const Decision& decision) {
    const Spoken* spoken = rendered(decision);
    if (spoken == nullptr) return;
    bool found = false;
    for (const Message& message : spoken->messages) {
      if (message.target == target) {
        found = true;
        tell(*spoken, message, before_.at(target), decision.after);
      } else if (!before_.contains(message.target) && told_.insert(message.target).second) {
        // A target of its own from now on: what it knows is what was kept for all, or nothing.
        TargetState after = decision.after;
        if (!target.empty()) after.last.reset();
        tell(*spoken, message, {}, after);
      }
    }
    if (!found && is_stored_) output_.gone.emplace_back(integration_.id, target);
  }

  void tell(const Spoken& spoken, const Message& message, const TargetState& before,
            const TargetState& after) {
    const std::string waiting = before.waiting ? before.waiting->delivery : "";
    output_.changes.push_back({.integration = integration_.id,
                               .target = message.target,
                               .waiting = waiting,
                               .decided = after,
                               .after = after,
                               .message = delivery(spoken, message, waiting)});
  }

  NewDelivery delivery(const Spoken& spoken, const Message& message, const std::string& waiting) const {
    return {.receiver = input_.route->receiver,
            .integration = integration_.name,
            .target = message.target,
            .group_key = input_.route->group_key(input_.group_labels),
            .status = spoken.status,
            .summary = message.summary,
            .payload = message.payload,
            .integration_id = integration_.id,
            .stored_group_key = input_.group_key,
            .supersedes = waiting};
  }

  void note_error(const std::string& error) {
    output_.errors.push_back(fmt::format("{}/{}: {}", input_.route->receiver, integration_.name, error));
  }

  /// Null when nothing can be rendered.
  const Spoken* rendered(const Decision& decision) {
    std::vector<Fingerprint> alerts;
    alerts.reserve(decision.alerts.size());
    for (const Alert& alert : decision.alerts) alerts.push_back(alert.fingerprint());
    const auto same = std::ranges::find_if(
        spoken_, [&](const Spoken& s) { return s.reason == decision.reason && s.alerts == alerts; });
    if (same != spoken_.end()) return &*same;
    const Notification notification{.receiver = input_.route->receiver,
                                    .group_key = input_.route->group_key(input_.group_labels),
                                    .group_labels = input_.group_labels,
                                    .alerts = decision.alerts,
                                    .external_url = config_.external_url,
                                    .reason = std::string(to_string(decision.reason)),
                                    .now = input_.now};
    Result<std::vector<Message>> messages = integration_.notifier->render(notification);
    if (!messages) {
      note_error(messages.error().message);
      return nullptr;
    }
    std::set<std::string> targets;
    std::erase_if(*messages, [&](const Message& message) {
      for (const std::string& error : message.template_errors) note_error(error);
      return !targets.insert(message.target).second;  // one address named twice is told once
    });
    return &spoken_.emplace_back(
        Spoken{decision.reason, std::move(alerts), std::string(notification.status()), std::move(*messages)});
  }

  const DispatchConfig& config_;
  const FlushInput& input_;
  const GroupView& view_;
  const Integration& integration_;
  FlushOutput& output_;
  bool is_stored_ = false;
  TargetStates before_;
  std::set<std::string> told_;
  std::deque<Spoken> spoken_;
  std::set<Fingerprint> needed_;
};

}  // namespace

FlushOutput flush(const DispatchConfig& config, const FlushInput& input, Muters muters) {
  FlushOutput output;
  const GroupView view = split_alerts(input, muters, output);
  output.muted_route = why_muted(*input.route, input.now, muters);
  if (output.muted_route) return output;  // ended alerts stay, to be told when the route may speak
  std::set<Fingerprint> needed;
  const auto receiver = config.receivers.find(input.route->receiver);
  if (receiver != config.receivers.end()) {
    for (const Integration& integration : receiver->second) {
      IntegrationFlush one(config, input, view, integration, output);
      one.run();
      needed.insert(one.needed().begin(), one.needed().end());
    }
  }
  for (const Alert& alert : view.resolved) {
    if (!needed.contains(alert.fingerprint())) output.ended.push_back(alert);
  }
  return output;
}

}  // namespace picket::alertd
