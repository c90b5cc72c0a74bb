#include "alertd/notify/email/email_config.h"

#include <algorithm>

#include "base/deliver/mailbox.h"
#include "base/text/strings.h"

namespace picket::alertd {
namespace {

void read_recipients(MapReader& r, EmailConfig& c) {
  if (!r.require("to", c.to) || has_actions(c.to.text)) return;
  const std::vector<std::string> mailboxes = split_mailboxes(c.to.text);
  if (mailboxes.empty()) r.problem("to", "needs a recipient");
  for (const std::string& mailbox : mailboxes) check_mailbox(r, "to", mailbox);
}

// At load, so that no mail is refused for a header when it matters.
void check_headers(MapReader& r, const EmailConfig& c) {
  EmailMessage sample;
  sample.from = "picket@localhost.invalid";
  sample.to = {sample.from};
  sample.text = "x";
  for (const auto& [name, value] : c.headers) sample.headers.add(name, "x");
  const Result<void> fine = check_email(sample);
  if (!fine) r.problem("headers", fine.error().message);
}

}  // namespace

void check_mailbox(MapReader& r, std::string_view key, std::string_view mailbox) {
  if (has_actions(mailbox)) return;
  const Result<Mailbox> parsed = parse_mailbox(mailbox);
  if (!parsed) r.problem(key, parsed.error().message);
}

void read_yaml(MapReader& r, EmailConfig& c) {
  r.read("send_resolved", c.send_resolved);
  read_recipients(r, c);
  read_smtp_server(r, c.smtp);
  if (r.read("from", c.smtp.from)) {
    c.from_position = r.at("from")->node().position;
    check_mailbox(r, "from", c.smtp.from);
  }
  r.read("subject", c.subject);
  r.read("html", c.html);
  r.read("text", c.text);
  if (!r.read("headers", c.headers)) return;
  const auto subject =
      std::ranges::find_if(c.headers, [](const auto& h) { return iequals(h.first, "Subject"); });
  if (subject != c.headers.end()) {
    c.subject = {subject->second, r.at("headers")->node().position};
    c.headers.erase(subject);
  }
  check_headers(r, c);
}

}  // namespace picket::alertd
