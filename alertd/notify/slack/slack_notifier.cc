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

/// Cut as truncate() does, but not inside "&amp;".
std::string cut(std::string_view text, std::size_t max_bytes) {
  constexpr std::size_t kLongestEntity = 5;
  std::string out = truncate(text, max_bytes);
  if (out.size() == text.size()) return out;
  const std::string_view kept = std::string_view(out).substr(0, out.size() - 3);  // less "..."
  const std::size_t entity = kept.rfind('&');
  const bool halved = entity != std::string_view::npos && kept.find(';', entity) == std::string_view::npos &&
                      kept.size() - entity < kLongestEntity;
  return halved ? std::string(kept.substr(0, entity)) + "..." : out;
}

using Sources = std::vector<std::pair<const char*, const TemplateText*>>;

Result<std::vector<std::pair<std::string, Template>>> compile_all(const Sources& sources,
                                                                  const MessageTemplates& templates) {
  std::vector<std::pair<std::string, Template>> compiled;
  for (const auto& [key, text] : sources) {
    Result<Template> tmpl = templates.compile(*text);
    if (!tmpl) return fail(tmpl);
    compiled.emplace_back(key, std::move(*tmpl));
  }
  return compiled;
}

}  // namespace

Result<std::unique_ptr<Notifier>> SlackNotifier::make(SlackConfig config, const MessageTemplates& templates,
                                                      HttpClient& client, const Clock& clock) {
  auto names = compile_all({{"channel", &config.channel},
                            {"username", &config.username},
                            {"icon_emoji", &config.icon_emoji},
                            {"icon_url", &config.icon_url}},
                           templates);
  if (!names) return fail(names);
  auto values = compile_all({{"title_link", &config.title_link},
                             {"color", &config.color},
                             {"callback_id", &config.callback_id},
                             {"image_url", &config.image_url},
                             {"thumb_url", &config.thumb_url}},
                            templates);
  if (!values) return fail(values);
  auto shown = compile_all({{"title", &config.title},
                            {"text", &config.text},
                            {"fallback", &config.fallback},
                            {"pretext", &config.pretext},
                            {"footer", &config.footer}},
                           templates);
  if (!shown) return fail(shown);
  Texts texts{std::move(*names), std::move(*values), std::move(*shown), {}};
  for (const SlackField& field : config.fields) {
    Result<Template> title = templates.compile(field.title);
    if (!title) return fail(title);
    Result<Template> value = templates.compile(field.value);
    if (!value) return fail(value);
    texts.fields.emplace_back(std::move(*title), std::move(*value));
  }
  return std::unique_ptr<Notifier>(new SlackNotifier(std::move(config), std::move(texts), client, clock));
}

nlohmann::ordered_json SlackNotifier::attachment(NotificationTexts& texts) const {
  nlohmann::ordered_json attachment;
  for (const auto& [key, tmpl] : texts_.values) {
    const std::string value = texts.value_or_nothing(tmpl);
    if (!value.empty()) attachment[key] = truncate(value, kMaxTitleBytes);
  }
  for (const auto& [key, tmpl] : texts_.texts) {
    const std::string text = texts.text(tmpl, Escape::Slack);
    if (!text.empty()) attachment[key] = cut(text, key == "text" ? kMaxTextBytes : kMaxTitleBytes);
  }
  for (std::size_t i = 0; i < texts_.fields.size(); ++i) {
    attachment["fields"].push_back({{"title", texts.text(texts_.fields[i].first, Escape::Slack)},
                                    {"value", texts.text(texts_.fields[i].second, Escape::Slack)},
                                    {"short", config_.fields[i].is_short.value_or(config_.short_fields)}});
  }
  attachment["mrkdwn_in"] = config_.mrkdwn_in;
  return attachment;
}

Result<std::vector<Message>> SlackNotifier::render(const Notification& n) {
  NotificationTexts texts(n);
  nlohmann::ordered_json body;
  for (const auto& [key, tmpl] : texts_.names) {
    const std::string value = texts.value_or_nothing(tmpl);
    if (!value.empty()) body[key] = truncate(value, kMaxTitleBytes);
  }
  if (config_.link_names) body["link_names"] = true;
  body["attachments"] = nlohmann::ordered_json::array({attachment(texts)});
  const std::string target = body.value("channel", safe_url(config_.api_url.reveal()));
  return std::vector<Message>{{.target = target,
                               .summary = summary_line(n),
                               .payload = to_json(body),
                               .template_errors = texts.errors()}};
}

DeliveryResult SlackNotifier::deliver(const std::string& id, const Message& message, Duration timeout) {
  OutboundRequest request;
  request.method = picket::Method::Post;
  request.url = config_.api_url.reveal();
  request.body = message.payload;
  request.config = config_.http.value_or(HttpConfig{});
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
