// Sends one email over SMTP (libcurl; plain, STARTTLS, implicit TLS; AUTH PLAIN, LOGIN, CRAM-MD5) or
// SendGrid's v3 API. Used by alertd and authd. Safe from any thread; blocks.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/config/secret.h"
#include "base/crypto/random.h"
#include "base/deliver/delivery.h"
#include "base/http/client.h"
#include "base/time/clock.h"

namespace picket {

struct EmailMessage {
  std::string from;  ///< "Picket <alerts@example.org>" or a bare address
  std::vector<std::string> to, cc;
  std::string subject;     ///< UTF-8; encoded as RFC 2047 needs; line breaks become spaces
  std::string text, html;  ///< at least one; both make multipart/alternative; invalid UTF-8 is repaired
  /// Without <>. The same id on every try lets receivers drop repeats; made when empty.
  std::string message_id;
  std::string references;  ///< thread root's message id, or ""
  Headers headers;         ///< further fields; not those that the members above stand for
};

/// InvalidInput names the field and why: CR/LF, no "@", too long, not UTF-8, no recipient, no text.
Result<void> check_email(const EmailMessage& message);
/// The message as RFC 5322 text with CRLF.
std::string format_email(const EmailMessage& message, WallTime date, Random& random);

class EmailSender {
 public:
  virtual ~EmailSender() = default;
  virtual DeliveryResult send(const EmailMessage& message, Duration timeout) = 0;
  /// The daemon stops: a send under way ends soon (as maybe delivered, once the message was handed over), and
  /// later ones at once. Where a send takes no longer than a request does, it just ends.
  virtual void stop() {}
};

enum class SmtpSecurity { None, StartTls, ImplicitTls };

struct SmtpConfig {
  std::string host;
  std::uint16_t port = 587;
  SmtpSecurity security = SmtpSecurity::StartTls;  ///< StartTls is required, not tried
  std::string hello = "localhost";
  std::string username;
  Secret password;         ///< for PLAIN and LOGIN
  Secret cram_md5_secret;  ///< for CRAM-MD5; preferred when the server offers it
  TlsConfig tls;
  /// Of what a send may take, the part before the message is handed over; from then on the server may use the
  /// rest to answer (RFC 5321 4.5.3.2.6 has it wait 10 minutes: who gives up earlier sends twice). 0: all.
  Duration conversation_timeout{};
};

struct SendGridConfig {
  Secret api_key;
  std::string api_url = "https://api.sendgrid.com";
};

/// With a resolver, a dead name server costs no more than the timeout (libcurl's own lookup would).
std::unique_ptr<EmailSender> make_smtp_sender(SmtpConfig config, const Clock& clock, Random& random,
                                              Resolver* resolver = nullptr);
std::unique_ptr<EmailSender> make_sendgrid_sender(SendGridConfig config, HttpClient& client,
                                                  const Clock& clock);

}  // namespace picket
