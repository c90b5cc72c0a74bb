// check_email and format_email of email.h.
#include <algorithm>
#include <array>

#include "base/deliver/email.h"
#include "base/deliver/mailbox.h"
#include "base/deliver/mime.h"
#include "base/text/escape.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"

namespace picket {
namespace {

constexpr std::size_t kHeaderLineMax = 998;  // RFC 5322 2.1.1
constexpr std::size_t kValueMax = std::size_t{16} * 1024;
constexpr std::array<std::string_view, 13> kOwnFields{
    "From",       "To",          "Cc",   "Bcc",          "Subject",      "Message-ID",
    "References", "In-Reply-To", "Date", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    "Return-Path"};

Failure bad(std::string_view field, std::string_view why) {
  return fail(ErrorKind::InvalidInput, fmt::format("{}: {}", field, why));
}

Result<void> check_mailboxes(std::string_view field, const std::vector<std::string>& addresses) {
  for (const std::string& address : addresses) {
    const auto mailbox = parse_mailbox(address);
    if (!mailbox) return fail(mailbox, field);
  }
  return {};
}

Result<void> check_id(std::string_view field, std::string_view id) {
  if (id.empty()) return {};
  const bool printable =
      std::ranges::all_of(id, [](char c) { return c > 0x20 && c < 0x7F && c != '<' && c != '>'; });
  if (!printable) return bad(field, "must be printable ASCII without spaces and angle brackets");
  if (id.find('@') == std::string_view::npos) return bad(field, "needs an \"@\"");
  if (field.size() + id.size() + 5 > kHeaderLineMax) return bad(field, "is longer than a line may be");
  return {};
}

Result<void> check_header(const Headers::Field& field) {
  const std::string& name = field.first;
  const std::string& value = field.second;
  const bool token = !name.empty() && name.size() <= 64 &&
                     std::ranges::all_of(name, [](char c) { return c > 0x20 && c < 0x7F && c != ':'; });
  if (!token) return bad("headers", fmt::format("{} is not a header name", json_quote(truncate(name, 64))));
  const std::string place = "headers." + name;
  if (std::ranges::any_of(kOwnFields, [&](std::string_view own) { return iequals(own, name); })) {
    return bad(place, "has a setting of its own");
  }
  if (std::ranges::any_of(value, is_control))
    return bad(place, "must not have line breaks or control characters");
  if (!is_valid_utf8(value)) return bad(place, "is not UTF-8");
  if (value.size() > kValueMax) return bad(place, "is longer than 16 KiB");
  return {};
}

std::vector<Mailbox> mailboxes_of(const std::vector<std::string>& addresses) {
  std::vector<Mailbox> out;
  for (const std::string& address : addresses) {
    auto mailbox = parse_mailbox(address);
    if (mailbox) out.push_back(std::move(*mailbox));
  }
  return out;
}

std::string mail_date(WallTime date) {
  const std::string http = format_http_date(date);
  return http.substr(0, http.size() - 3) + "+0000";
}

std::string part(std::string_view type, std::string_view text) {
  const EncodedBody body = encode_body(text);
  return fmt::format("Content-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: {}\r\n\r\n{}", type,
                     body.transfer_encoding, body.content);
}

std::string body_of(const EmailMessage& message, Random& random) {
  if (message.html.empty()) return part("text/plain", message.text);
  if (message.text.empty()) return part("text/html", message.html);
  // "=_" cannot stand in quoted-printable or base64; the random part keeps 7bit text out too.
  const std::string boundary = "=_" + random.hex(16);
  return fmt::format(
      "Content-Type: multipart/alternative;\r\n boundary=\"{0}\"\r\n\r\n"
      "--{0}\r\n{1}\r\n--{0}\r\n{2}\r\n--{0}--\r\n",
      boundary, part("text/plain", message.text), part("text/html", message.html));
}

}  // namespace

Result<void> check_email(const EmailMessage& message) {
  const auto from = parse_mailbox(message.from);
  if (!from) return fail(from, "from");
  if (message.to.empty() && message.cc.empty()) return bad("to", "needs a recipient");
  if (message.text.empty() && message.html.empty()) return bad("text", "needs a text or an html body");
  for (const auto& checked :
       {check_mailboxes("to", message.to), check_mailboxes("cc", message.cc),
        check_id("message_id", message.message_id), check_id("references", message.references)}) {
    if (!checked) return fail(checked);
  }
  for (const Headers::Field& field : message.headers) {
    if (Result<void> checked = check_header(field); !checked) return checked;
  }
  return {};
}

std::string format_email(const EmailMessage& message, WallTime date, Random& random) {
  const auto from = mailboxes_of({message.from});
  const std::string sender = from.empty() ? "localhost" : from[0].address;
  std::string id = message.message_id;
  if (id.empty()) id = fmt::format("{}@{}", random.hex(16), sender.substr(sender.find('@') + 1));

  std::string out = address_field("From", from);
  if (!message.to.empty()) out += address_field("To", mailboxes_of(message.to));
  if (!message.cc.empty()) out += address_field("Cc", mailboxes_of(message.cc));
  out += unstructured_field("Subject", message.subject);
  out += fmt::format("Date: {}\r\n", mail_date(date));
  out += id_field("Message-ID", id);
  if (!message.references.empty()) {
    out += id_field("In-Reply-To", message.references) + id_field("References", message.references);
  }
  // RFC 3834: tells auto-responders not to answer.
  if (message.headers.find("Auto-Submitted") == nullptr) out += "Auto-Submitted: auto-generated\r\n";
  for (const auto& [name, value] : message.headers) out += unstructured_field(name, value);
  out += "MIME-Version: 1.0\r\n";
  return out += body_of(message, random);
}

}  // namespace picket
