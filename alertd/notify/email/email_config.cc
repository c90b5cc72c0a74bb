#include "alertd/notify/email/email_config.h"

#include <algorithm>

#include "base/text/strings.h"

namespace picket::alertd {
namespace {

void read_recipients(MapReader& r, EmailConfig& c) {
  std::string to;
  if (!r.require("to", to)) return;
  for (const std::string_view address : split(to, ',')) {
    if (!trim(address).empty()) c.to.emplace_back(trim(address));
  }
  EmailMessage sample;
  sample.from = "picket@localhost.invalid";
  sample.to = c.to;
  sample.subject = sample.text = "x";
  const Result<void> fine = check_email(sample);
  if (!fine) r.problem("to", fine.error().message);
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

void read_yaml(MapReader& r, EmailConfig& c) {
  r.read("send_resolved", c.send_resolved);
  read_recipients(r, c);
  read_smtp_server(r, c.smtp);
  r.read("from", c.smtp.from);
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
