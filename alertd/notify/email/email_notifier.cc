#include "alertd/notify/email/email_notifier.h"

#include <initializer_list>

#include "base/crypto/digest.h"
#include "base/deliver/mailbox.h"
#include "base/deliver/mime.h"
#include "base/json/json.h"
#include "base/text/encoding.h"

namespace picket::alertd {
namespace {

/// Of the sender, for message ids.
std::string domain_of(std::string_view from) {
  const Result<Mailbox> mailbox = parse_mailbox(from);
  return mailbox ? mailbox->address.substr(mailbox->address.find('@') + 1) : "picket.invalid";
}

Result<std::vector<Template>> compile_all(std::initializer_list<TemplateText> texts,
                                          const MessageTemplates& templates) {
  std::vector<Template> compiled;
  for (const TemplateText& text : texts) {
    Result<Template> tmpl = templates.compile(text);
    if (!tmpl) return fail(tmpl);
    compiled.push_back(std::move(*tmpl));
  }
  return compiled;
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
  smtp->conversation_timeout = kConversation;
  Result<std::vector<Template>> compiled = compile_all(
      {config.to, {config.smtp.from, config.from_position}, config.subject, config.html, config.text},
      services.templates);
  if (!compiled) return fail(compiled);
  std::vector<Template>& all = *compiled;
  Texts texts{std::move(all[0]), std::move(all[1]), std::move(all[2]),
              std::move(all[3]), std::move(all[4]), {}};
  for (const auto& [name, value] : config.headers) {
    Result<Template> header = services.templates.compile({value, config.subject.position});
    if (!header) return fail(header);
    texts.headers.emplace_back(name, std::move(*header));
  }
  std::unique_ptr<EmailSender> sender =
      make_smtp_sender(std::move(*smtp), services.clock, services.random, &services.resolver);
  return std::unique_ptr<Notifier>(new EmailNotifier(std::move(config), std::move(texts), std::move(sender)));
}

// A mail for each address, so that one that is refused for now is tried again alone. Who is no address is
// told so when it is sent, and that is seen.
std::vector<std::string> EmailNotifier::recipients(NotificationTexts& texts) const {
  const Result<std::string> to = texts.value(texts_.to);
  if (!to) return {one_line(error_in_place(to.error()))};
  std::vector<std::string> mailboxes = split_mailboxes(*to);
  if (mailboxes.empty()) mailboxes.push_back(one_line(config_.to.text));
  return mailboxes;
}

Result<std::vector<Message>> EmailNotifier::render(const Notification& n) {
  NotificationTexts texts(n);
  const std::vector<std::string> recipients = this->recipients(texts);
  nlohmann::ordered_json payload = {{"from", one_line(texts.text(texts_.from))},
                                    {"subject", one_line(texts.text(texts_.subject))},
                                    {"text", texts.text(texts_.text)},
                                    {"html", texts.text(texts_.html, Escape::Html)}};
  // All mails of a group form one thread.
  payload["thread"] = hex_encode(sha256(n.group_key)).substr(0, 32);
  payload["headers"] = nlohmann::ordered_json::object();
  for (const auto& [name, tmpl] : texts_.headers) payload["headers"][name] = one_line(texts.text(tmpl));
  std::vector<Message> messages;
  messages.reserve(recipients.size());
  for (const std::string& address : recipients) {
    messages.push_back({.target = address, .summary = summary_line(n), .payload = to_json(payload)});
  }
  messages.front().template_errors = texts.errors();
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
  EmailMessage mail;
  mail.from = payload->value("from", config_.smtp.from);  // not in what an older version stored
  const std::string domain = domain_of(mail.from);
  mail.to = {message.target};
  mail.subject = payload->value("subject", "");
  mail.text = payload->value("text", "");
  mail.html = payload->value("html", "");
  mail.message_id = fmt::format("{}@{}", id, domain);
  mail.references = fmt::format("{}@{}", payload->value("thread", ""), domain);
  mail.headers.add("Auto-Submitted", "auto-generated");
  if (!message.supersedes.empty())
    mail.headers.add("Supersedes", fmt::format("<{}@{}>", message.supersedes, domain));
  const nlohmann::json headers = payload->value("headers", nlohmann::json::object());
  for (const auto& [name, value] : headers.items()) {
    if (value.is_string()) mail.headers.set(name, value.get<std::string>());
  }
  return sender_->send(mail, timeout);
}

}  // namespace picket::alertd
