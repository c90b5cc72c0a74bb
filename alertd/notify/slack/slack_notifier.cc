#include "alertd/notify/slack/slack_notifier.h"

#include <algorithm>
#include <array>

#include "alertd/notify/http_delivery.h"
#include "base/json/json.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::alertd {
namespace {

constexpr std::size_t kMaxTextBytes = 8000;  // Slack cuts attachments' texts near this
constexpr std::size_t kMaxTitleBytes = 1024;
constexpr std::size_t kMaxReasonBytes = 300;

// Of Slack's error codes those that pass; the others are about the message or the configuration.
constexpr std::array<std::string_view, 6> kPassingErrors{
    "rate_limited", "ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"};

/// What a 200 says: Slack's webhooks answer "ok", its API and what speaks it {"ok": true}. Nothing when it
/// was taken, else the error.
std::optional<std::string> error_in(const Response& response) {
  const std::string_view body = trim(response.body);
  if (body == "ok") return std::nullopt;
  const auto answer = parse_json(body);
  const bool is_object = answer && answer->is_object();
  if (!is_object)
    return fmt::format("the answer is not \"ok\": {}", repair_utf8(truncate(body, kMaxReasonBytes)));
  if (answer->value("ok", nlohmann::json(true)) == true) return std::nullopt;
  const nlohmann::json error = answer->value("error", nlohmann::json());
  return error.is_string() ? truncate(error.get<std::string>(), kMaxReasonBytes) : "the answer is not ok";
}

}  // namespace

Result<std::unique_ptr<Notifier>> SlackNotifier::make(SlackConfig config, const MessageTemplates& templates,
                                                      HttpClient& client, const Clock& clock) {
  Texts texts;
  const std::vector<std::pair<std::string, const TemplateText*>> parts{
      {"title", &config.title},       {"title_link", &config.title_link}, {"text", &config.text},
      {"fallback", &config.fallback}, {"color", &config.color},           {"pretext", &config.pretext},
      {"footer", &config.footer}};
  for (const auto& [key, text] : parts) {
    Result<Template> compiled = templates.compile(*text);
    if (!compiled) return fail(compiled);
    texts.attachment.emplace_back(key, std::move(*compiled));
  }
  for (const SlackField& field : config.fields) {
    Result<Template> title = templates.compile(field.title);
    if (!title) return fail(title);
    Result<Template> value = templates.compile(field.value);
    if (!value) return fail(value);
    texts.fields.emplace_back(std::move(*title), std::move(*value));
  }
  return std::unique_ptr<Notifier>(new SlackNotifier(std::move(config), std::move(texts), client, clock));
}

Result<nlohmann::ordered_json> SlackNotifier::attachment(const Notification& n) const {
  nlohmann::ordered_json attachment;
  for (const auto& [key, tmpl] : texts_.attachment) {
    const Result<std::string> text = expand(tmpl, n);
    if (!text) return fail(text);
    if (text->empty()) continue;
    attachment[key] = repair_utf8(truncate(*text, key == "text" ? kMaxTextBytes : kMaxTitleBytes));
  }
  for (std::size_t i = 0; i < texts_.fields.size(); ++i) {
    const Result<std::string> title = expand(texts_.fields[i].first, n);
    if (!title) return fail(title);
    const Result<std::string> value = expand(texts_.fields[i].second, n);
    if (!value) return fail(value);
    attachment["fields"].push_back({{"title", repair_utf8(*title)},
                                    {"value", repair_utf8(*value)},
                                    {"short", config_.fields[i].is_short}});
  }
  attachment["mrkdwn_in"] = config_.mrkdwn_in;
  return attachment;
}

Result<std::vector<Message>> SlackNotifier::render(const Notification& n) {
  Result<nlohmann::ordered_json> attachment = this->attachment(n);
  if (!attachment) return fail(attachment);
  nlohmann::ordered_json body;
  const std::pair<const char*, const std::string*> plain[] = {{"channel", &config_.channel},
                                                              {"username", &config_.username},
                                                              {"icon_emoji", &config_.icon_emoji},
                                                              {"icon_url", &config_.icon_url}};
  for (const auto& [key, value] : plain) {
    if (!value->empty()) body[key] = *value;
  }
  if (config_.link_names) body["link_names"] = true;
  body["attachments"] = nlohmann::ordered_json::array({std::move(*attachment)});
  const std::string target = config_.channel.empty() ? safe_url(config_.api_url.reveal()) : config_.channel;
  return std::vector<Message>{{.target = target, .summary = summary_line(n), .payload = to_json(body)}};
}

DeliveryResult SlackNotifier::deliver(const std::string& id, const Message& message, Duration timeout) {
  OutboundRequest request;
  request.method = picket::Method::Post;
  request.url = config_.api_url.reveal();
  request.body = message.payload;
  request.config = config_.http;
  request.headers.set("Content-Type", "application/json");
  request.headers.set("Idempotency-Key", id);
  request.timeout = timeout;
  HttpDelivery delivery = post(client_, clock_, request, config_.api_url);
  DeliveryResult& result = delivery.result;
  if (result.outcome != DeliveryOutcome::Delivered) return std::move(result);
  const std::optional<std::string> error = error_in(delivery.response);
  if (!error) return std::move(result);
  const bool passes = std::ranges::find(kPassingErrors, *error) != kPassingErrors.end();
  result.outcome = passes ? DeliveryOutcome::Retry : DeliveryOutcome::Permanent;
  result.detail = "Slack: " + *error;
  result.retry_after = retry_after(delivery.response.headers, clock_.wall());
  return std::move(result);
}

}  // namespace picket::alertd
