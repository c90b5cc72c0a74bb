#include "tests/e2e/first_light/receivers.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace picket::test {
namespace {

constexpr const char* kTwilioPath = "/2010-04-01/Accounts/AC0123456789/Messages.json";

PeerAnswer answer_like_the_service(const PeerRequest& request) {
  if (request.path == kTwilioPath) {
    return {201,
            R"({"sid":"SM00000000000000000000000000000001","status":"queued"})",
            {{"Content-Type", "application/json"}}};
  }
  return {200, "ok", {}};
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return std::toupper(letter); });
  return text;
}

bool is_of(Phase phase, const std::string& text) {
  return upper(text).find(to_string(phase)) != std::string::npos;
}

std::string webhook_status(const PeerRequest& request) {
  const auto body = nlohmann::json::parse(request.body, nullptr, false);
  return body.is_object() ? body.value("status", "") : "";
}

std::vector<Message> mails_of(const SmtpServer& smtp, Phase phase) {
  std::vector<Message> result;
  for (const Mail& mail : smtp.mails()) {
    if (!is_of(phase, mail.subject())) continue;
    result.push_back(
        {mail.subject() + "\n" + mail.text + "\n" + mail.html, mail.header("Message-ID"), mail.header("To")});
  }
  return result;
}

Message message_of(Channel channel, const PeerRequest& request) {
  const std::string id = request.header("Idempotency-Key");
  if (channel == Channel::Sms) return {request.form("Body"), id, request.form("To")};
  return {request.body, id, ""};
}

std::string path_of(Channel channel) {
  if (channel == Channel::Sms) return kTwilioPath;
  return channel == Channel::Slack ? "/services/T0/B0/slack-secret" : "/hook";
}

}  // namespace

std::string_view to_string(Channel channel) {
  switch (channel) {
    case Channel::Email:
      return "email";
    case Channel::Sms:
      return "sms";
    case Channel::Slack:
      return "slack";
    case Channel::Webhook:
      return "webhook";
  }
  return "";
}

std::string_view to_string(Phase phase) {
  return phase == Phase::Firing ? "FIRING" : "RESOLVED";
}

Receivers::Receivers() : peer_(answer_like_the_service) {}

Receivers::~Receivers() {
  if (holding_) released_.set_value();
}

std::string Receivers::config() const {
  return "receivers:\n"
         "  - name: everyone\n"
         "    email_configs: [{to: oncall@picket.test, from: alertd@picket.test, smarthost: \"" +
         smtp_.target() +
         "\", require_tls: false, send_resolved: true}]\n"
         "    slack_configs: [{api_url: \"" +
         peer_.url(path_of(Channel::Slack)) +
         "\", channel: \"#alerts\", send_resolved: true}]\n"
         "    webhook_configs: [{url: \"" +
         peer_.url(path_of(Channel::Webhook)) +
         "\", send_resolved: true}]\n"
         "    sms_configs: [{provider: twilio, to: [\"+15550001111\"], from: \"+15550002222\", account_sid: "
         "AC0123456789, "
         "auth_token: twilio-secret, api_url: \"" +
         peer_.url() + "\", send_resolved: true}]\n";
}

std::vector<Message> Receivers::messages(Channel channel, Phase phase) const {
  std::vector<Message> result = all_messages(channel, phase);
  std::erase_if(result,
                [](const Message& message) { return message.text.find("redis") == std::string::npos; });
  return result;
}

std::vector<Message> Receivers::all_messages(Channel channel, Phase phase) const {
  if (channel == Channel::Email) return mails_of(smtp_, phase);
  std::vector<Message> result;
  for (const PeerRequest& request : peer_.requests(path_of(channel))) {
    const Message message = message_of(channel, request);
    if (is_of(phase, channel == Channel::Webhook ? webhook_status(request) : message.text))
      result.push_back(message);
  }
  return result;
}

bool Receivers::have(std::size_t wanted, Phase phase) const {
  return std::all_of(kChannels.begin(), kChannels.end(),
                     [&](Channel channel) { return count(channel, phase) >= wanted; });
}

std::string Receivers::summary() const {
  std::string result;
  for (const Channel channel : kChannels) {
    result += std::string(to_string(channel)) + ": " + std::to_string(count(channel, Phase::Firing)) +
              " firing, " + std::to_string(count(channel, Phase::Resolved)) + " resolved\n";
    for (const Phase phase : {Phase::Firing, Phase::Resolved}) {
      for (const Message& message : all_messages(channel, phase))
        result += "  " + message.text.substr(0, 160) + "\n";
    }
  }
  return result + std::to_string(peer_.count()) + " requests in all";
}

void Receivers::go_down() {
  smtp_.stop();
  peer_.stop();
}

void Receivers::come_back() {
  smtp_.start();
  peer_.start();
}

void Receivers::accept_without_answer() {
  holding_ = true;
  smtp_.lose_answer(true);
  peer_.answer_with([released = released_.get_future().share()](const PeerRequest&) {
    released.wait_for(std::chrono::seconds(60));
    return PeerAnswer{.lost = true};
  });
}

void Receivers::answer() {
  smtp_.lose_answer(false);
  peer_.answer_with(answer_like_the_service);
  released_.set_value();
  holding_ = false;
}

}  // namespace picket::test
