#include "alertd/notify/email/email_notifier.h"

#include "base/crypto/digest.h"
#include "base/json/json.h"
#include "base/text/encoding.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::alertd {
namespace {

/// One line: a template may well end in a newline.
std::string one_line(std::string_view text) {
  return replace_all(replace_all(trim(text), "\r", ""), "\n", " ");
}

std::string domain_of(std::string_view address) {
  std::string_view domain = address.substr(std::min(address.rfind('@') + 1, address.size()));
  domain = domain.substr(0, domain.find_first_of("> "));
  return domain.empty() ? "picket.invalid" : std::string(domain);
}

}  // namespace

Result<std::unique_ptr<Notifier>> EmailNotifier::make(EmailConfig config, const EmailServices& services) {
  if (config.smtp.from.empty())
    return fail(ErrorKind::InvalidInput, "email_configs: from (or global.smtp_from) is required");
  if (config.smtp.smarthost.empty()) {
    return fail(ErrorKind::InvalidInput, "email_configs: smarthost (or global.smtp_smarthost) is required");
  }
  Result<SmtpConfig> smtp = to_smtp_config(config.smtp);
  if (!smtp) return fail(smtp);
  Result<Template> subject = services.templates.compile(config.subject);
  if (!subject) return fail(subject);
  Result<Template> html = services.templates.compile(config.html);
  if (!html) return fail(html);
  Result<Template> text = services.templates.compile(config.text);
  if (!text) return fail(text);
  Texts texts{std::move(*subject), std::move(*html), std::move(*text), {}};
  for (const auto& [name, value] : config.headers) {
    Result<Template> header = services.templates.compile({value, config.subject.position});
    if (!header) return fail(header);
    texts.headers.emplace_back(name, std::move(*header));
  }
  std::unique_ptr<EmailSender> sender =
      make_smtp_sender(std::move(*smtp), services.clock, services.random, &services.resolver);
  return std::unique_ptr<Notifier>(new EmailNotifier(std::move(config), std::move(texts), std::move(sender)));
}

Result<std::vector<Message>> EmailNotifier::render(const Notification& n) {
  const Result<std::string> subject = expand(texts_.subject, n);
  if (!subject) return fail(subject);
  const Result<std::string> html = expand(texts_.html, n, Escape::Html);
  if (!html) return fail(html);
  const Result<std::string> text = expand(texts_.text, n);
  if (!text) return fail(text);
  nlohmann::ordered_json payload = {{"subject", repair_utf8(one_line(*subject))},
                                    {"text", repair_utf8(*text)},
                                    {"html", repair_utf8(*html)}};
  // All mails of a group form one thread.
  payload["thread"] = hex_encode(sha256(n.group_key)).substr(0, 32);
  payload["headers"] = nlohmann::ordered_json::object();
  for (const auto& [name, tmpl] : texts_.headers) {
    const Result<std::string> value = expand(tmpl, n);
    if (!value) return fail(value);
    payload["headers"][name] = repair_utf8(one_line(*value));
  }
  // A mail for each address, so that one that is refused for now is tried again alone.
  std::vector<Message> messages;
  messages.reserve(config_.to.size());
  for (const std::string& address : config_.to) {
    messages.push_back({.target = address, .summary = summary_line(n), .payload = to_json(payload)});
  }
  return messages;
}

DeliveryResult EmailNotifier::deliver(const std::string& id, const Message& message, Duration timeout) {
  const Result<nlohmann::json> payload = parse_json(message.payload);
  if (!payload || !payload->is_object()) {
    DeliveryResult unreadable;
    unreadable.outcome = DeliveryOutcome::Permanent;
    unreadable.detail = "the stored message cannot be read";
    return unreadable;
  }
  const std::string domain = domain_of(config_.smtp.from);
  EmailMessage mail;
  mail.from = config_.smtp.from;
  mail.to = {message.target};
  mail.subject = payload->value("subject", "");
  mail.text = payload->value("text", "");
  mail.html = payload->value("html", "");
  mail.message_id = fmt::format("{}@{}", id, domain);
  mail.references = fmt::format("{}@{}", payload->value("thread", ""), domain);
  mail.headers.add("Auto-Submitted", "auto-generated");
  const nlohmann::json headers = payload->value("headers", nlohmann::json::object());
  for (const auto& [name, value] : headers.items()) {
    if (value.is_string()) mail.headers.set(name, value.get<std::string>());
  }
  return sender_->send(mail, timeout);
}

}  // namespace picket::alertd
