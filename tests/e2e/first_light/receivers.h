// Where alertd's notifications arrive: an SMTP server, and a peer that stands for Twilio, Slack and a
// webhook.
#pragma once

#include <future>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/peer_server.h"
#include "tests/support/smtp_server.h"

namespace picket::test {

enum class Channel { Email, Sms, Slack, Webhook };
inline constexpr std::array kChannels = {Channel::Email, Channel::Sms, Channel::Slack, Channel::Webhook};
std::string_view to_string(Channel channel);

enum class Phase { Firing, Resolved };
std::string_view to_string(Phase phase);

struct Message {
  std::string text;  ///< what the person, or the webhook, gets
  std::string id;    ///< Message-ID or Idempotency-Key: the same for a second try
  std::string to;
};

class Receivers {
 public:
  Receivers();
  ~Receivers();

  /// `receivers:` of alertd.yml, one receiver named "everyone".
  std::string config() const;
  /// Those about Redis. On a busy machine a probe of another service may miss its second and tell so,
  /// rightly.
  std::vector<Message> messages(Channel channel, Phase phase) const;
  std::size_t count(Channel channel, Phase phase) const { return messages(channel, phase).size(); }
  /// Whether every channel has at least `count` messages of the phase.
  bool have(std::size_t count, Phase phase) const;
  std::string summary() const;  ///< for failure messages

  void go_down();  ///< connections are refused
  void come_back();
  /// Requests and mails are taken, but the answers are held back (HTTP) or lost (SMTP) until answer().
  void accept_without_answer();
  void answer();

 private:
  std::vector<Message> all_messages(Channel channel, Phase phase) const;

  SmtpServer smtp_;
  LocalPeer peer_;
  std::promise<void> released_;
  bool holding_ = false;
};

}  // namespace picket::test
