// The only file of this folder that knows libcurl.
#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <future>

#include "base/deliver/email.h"
#include "base/deliver/mailbox.h"
#include "base/deliver/smtp_transcript.h"
#include "base/net/pem.h"
#include "base/text/escape.h"

namespace picket {
namespace {

using CurlHandle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

class CurlList {
 public:
  CurlList() = default;
  ~CurlList() { curl_slist_free_all(list_); }
  CurlList(const CurlList&) = delete;
  CurlList& operator=(const CurlList&) = delete;
  void add(const std::string& text) {
    curl_slist* const longer = curl_slist_append(list_, text.c_str());
    check(longer != nullptr, "out of memory");
    list_ = longer;
  }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

// One try: what libcurl's callbacks see.
struct Conversation {
  CURL* handle;
  std::string_view rest;  // of the message
  bool needs_smtputf8;
  Duration whole;  // until when the message may be answered, from the start
  const Clock& clock;
  const std::atomic<bool>& stopping;
  MonoTime start = clock.mono();
  Duration allowed{};    // from the start, in the present part of it
  bool refused = false;  // the server does not take these addresses
  SmtpTranscript transcript = {};
};

long milliseconds_of(Duration duration) {
  return static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

void allow(Conversation& conversation, Duration duration) {
  conversation.allowed = duration;
  const long millis = milliseconds_of(duration);
  curl_easy_setopt(conversation.handle, CURLOPT_TIMEOUT_MS, millis);
  curl_easy_setopt(conversation.handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, millis / 1000 + 1);
}

// libcurl asks at least once a second; what is not 0 ends the conversation. It has timed out by itself
// before, but then it says QUIT, and would wait as long again for the goodbye of a server that hangs.
int must_end(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  constexpr Duration kForGoodbye = std::chrono::seconds(1);
  const auto& conversation = *static_cast<const Conversation*>(context);
  const Duration taken = conversation.clock.mono() - conversation.start;
  return conversation.stopping || taken > conversation.allowed + kForGoodbye ? 1 : 0;
}

std::size_t give_message(char* buffer, std::size_t size, std::size_t count, void* context) {
  auto& conversation = *static_cast<Conversation*>(context);
  if (conversation.refused) return CURL_READFUNC_ABORT;
  const std::size_t given = std::min(size * count, conversation.rest.size());
  conversation.rest.copy(buffer, given);
  conversation.rest.remove_prefix(given);
  if (conversation.rest.empty()) {
    conversation.transcript.message_sent();
    allow(conversation, conversation.whole);
  }
  return given;
}

int listen(CURL* handle, curl_infotype type, char* text, std::size_t size, void* context) {
  auto& conversation = *static_cast<Conversation*>(context);
  SmtpTranscript& transcript = conversation.transcript;
  if (type == CURLINFO_HEADER_OUT) {
    transcript.command({text, size});
    const bool starts = std::string_view(text, size).starts_with("MAIL ");
    if (starts && conversation.needs_smtputf8 && !transcript.offers_smtputf8()) conversation.refused = true;
  }
  if (type != CURLINFO_HEADER_IN) return 0;
  const bool before = transcript.answered();
  transcript.reply_line({text, size});
  // Only the goodbye is left: a server that is silent then must not hold us.
  if (!before && transcript.answered()) curl_easy_setopt(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, 1L);
  return 0;
}

long curl_version_of(TlsVersion version) {
  switch (version) {
    case TlsVersion::Tls10:
      return CURL_SSLVERSION_TLSv1_0;
    case TlsVersion::Tls11:
      return CURL_SSLVERSION_TLSv1_1;
    case TlsVersion::Tls12:
      return CURL_SSLVERSION_TLSv1_2;
    case TlsVersion::Tls13:
      return CURL_SSLVERSION_TLSv1_3;
  }
  return CURL_SSLVERSION_TLSv1_2;
}

// CURL_SSLVERSION_MAX_x is CURL_SSLVERSION_x in the upper half.
long curl_versions(const TlsConfig& tls) {
  return curl_version_of(tls.min_version) | (curl_version_of(tls.max_version) << 16U);
}

/// libcurl is given what the file holds: of a pipe it would wait for the other end. It copies the text.
Result<void> set_file(CURL* handle, CURLoption option, std::string_view key, const std::string& file) {
  if (file.empty()) return {};
  Result<std::string> pem = read_pem(file);
  if (!pem) return fail(pem, key);
  curl_blob blob{pem->data(), pem->size(), CURL_BLOB_COPY};
  curl_easy_setopt(handle, option, &blob);
  return {};
}

Result<void> set_tls(CURL* handle, const TlsConfig& tls) {
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, tls.insecure_skip_verify ? 0L : 1L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, tls.insecure_skip_verify ? 0L : 2L);
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, curl_versions(tls));
  curl_easy_setopt(handle, CURLOPT_KEYPASSWD, "");  // of an encrypted key it must not ask the terminal
  // With authorities of their own, the system's (a folder by default) are not trusted beside them.
  if (!tls.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  Result<void> set = set_file(handle, CURLOPT_CAINFO_BLOB, "ca_file", tls.ca_file);
  if (set) set = set_file(handle, CURLOPT_SSLCERT_BLOB, "cert_file", tls.cert_file);
  if (set) set = set_file(handle, CURLOPT_SSLKEY_BLOB, "key_file", tls.key_file);
  return set;
}

std::string bracketed(const std::string& host) {
  const bool bare_v6 = host.find(':') != std::string::npos && !host.starts_with('[');
  return bare_v6 ? "[" + host + "]" : host;
}

enum class Mechanism { None, Password, CramMd5 };

class SmtpSender final : public EmailSender {
 public:
  SmtpSender(SmtpConfig config, const Clock& clock, Random& random, Resolver* resolver)
      : config_(std::move(config)), clock_(clock), random_(random), resolver_(resolver) {
    static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
    check(global == CURLE_OK, "libcurl does not start");
  }

  DeliveryResult send(const EmailMessage& message, Duration timeout) override {
    const MonoTime start = clock_.mono();
    const Duration talk = config_.conversation_timeout > Duration::zero()
                              ? std::min(timeout, config_.conversation_timeout)
                              : timeout;
    DeliveryResult result = send_before(message, {Deadline{start + talk}, Deadline{start + timeout}});
    result.latency = clock_.mono() - start;
    return result;
  }
  void stop() override { stopping_ = true; }

 private:
  struct Deadlines {
    Deadline conversation;  // until the message is handed over
    Deadline answer;        // to it
  };
  DeliveryResult send_before(const EmailMessage& message, const Deadlines& deadlines);
  DeliveryResult converse(const EmailMessage& message, const std::string& text, Mechanism mechanism,
                          const Deadlines& deadlines) const;
  Result<std::string> resolved(Deadline deadline) const;
  std::string url() const;
  std::string connect_to() const;
  void set_login(CURL* handle, Mechanism mechanism) const;
  void set_conversation(CURL* handle, Conversation& conversation, Duration left) const;

  const SmtpConfig config_;
  const Clock& clock_;
  Random& random_;
  Resolver* const resolver_;
  std::atomic<bool> stopping_{false};
};

DeliveryResult failed(DeliveryOutcome outcome, std::string detail) {
  DeliveryResult result;
  result.outcome = outcome;
  result.detail = std::move(detail);
  return result;
}

bool needs_smtputf8(const EmailMessage& message) {
  const auto needs = [](const std::string& mailbox) { return parse_mailbox(mailbox)->needs_smtputf8(); };
  return needs(message.from) || std::ranges::any_of(message.to, needs) ||
         std::ranges::any_of(message.cc, needs);
}

DeliveryResult SmtpSender::send_before(const EmailMessage& message, const Deadlines& deadlines) {
  const auto checked = check_email(message);
  if (!checked) return failed(DeliveryOutcome::Permanent, checked.error().message);
  const std::string text = format_email(message, clock_.wall(), random_);
  if (config_.username.empty()) return converse(message, text, Mechanism::None, deadlines);
  const bool cram_md5 = !config_.cram_md5_secret.empty();
  const bool password = !config_.password.empty();
  DeliveryResult result =
      converse(message, text, cram_md5 ? Mechanism::CramMd5 : Mechanism::Password, deadlines);
  // The server does not offer CRAM-MD5: nothing was tried yet.
  const bool not_offered = result.outcome == DeliveryOutcome::Permanent && result.code == 0;
  if (cram_md5 && password && not_offered) return converse(message, text, Mechanism::Password, deadlines);
  return result;
}

// The URL names who the certificate must be for; connect_to() says where that is. Its path is what EHLO says.
std::string SmtpSender::url() const {
  const std::string& name = config_.tls.server_name.empty() ? config_.host : config_.tls.server_name;
  const std::string_view scheme = config_.security == SmtpSecurity::ImplicitTls ? "smtps" : "smtp";
  return fmt::format("{}://{}:{}/{}", scheme, bracketed(name), config_.port, percent_encode(config_.hello));
}

std::string SmtpSender::connect_to() const {
  return fmt::format("::{}:{}", bracketed(config_.host), config_.port);
}

// "host:port:address,address" for libcurl, which tries them in turn.
Result<std::string> SmtpSender::resolved(Deadline deadline) const {
  auto promise = std::make_shared<std::promise<Result<std::vector<IpAddress>>>>();
  auto answer = promise->get_future();
  resolver_->resolve(
      config_.host, IpPreference::Any, deadline,
      [promise](Result<std::vector<IpAddress>> found) { promise->set_value(std::move(found)); });
  const auto addresses = answer.get();
  if (!addresses) return fail(addresses, config_.host);
  std::string out = fmt::format("{}:{}:", bracketed(config_.host), config_.port);
  for (const IpAddress& address : *addresses) {
    out += (out.ends_with(':') ? "" : ",") + bracketed(address.text());
  }
  return out;
}

void SmtpSender::set_login(CURL* handle, Mechanism mechanism) const {
  if (mechanism == Mechanism::None) return;
  const bool cram_md5 = mechanism == Mechanism::CramMd5;
  const Secret& secret = cram_md5 ? config_.cram_md5_secret : config_.password;
  curl_easy_setopt(handle, CURLOPT_USERNAME, config_.username.c_str());
  curl_easy_setopt(handle, CURLOPT_PASSWORD, secret.reveal().c_str());
  curl_easy_setopt(handle, CURLOPT_LOGIN_OPTIONS, cram_md5 ? "AUTH=CRAM-MD5" : "AUTH=PLAIN;AUTH=LOGIN");
}

void SmtpSender::set_conversation(CURL* handle, Conversation& conversation, Duration left) const {
  allow(conversation, left);
  curl_easy_setopt(handle, CURLOPT_URL, url().c_str());
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, milliseconds_of(left));
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");  // *_proxy of the environment is for HTTP
  curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L);
  const bool start_tls = config_.security == SmtpSecurity::StartTls;
  curl_easy_setopt(handle, CURLOPT_USE_SSL, static_cast<long>(start_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(conversation.rest.size()));
  curl_easy_setopt(handle, CURLOPT_READFUNCTION, &give_message);
  curl_easy_setopt(handle, CURLOPT_READDATA, &conversation);
  curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);  // makes libcurl call the function below
  curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, &listen);
  curl_easy_setopt(handle, CURLOPT_DEBUGDATA, &conversation);
  curl_easy_setopt(handle, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);  // the transcript judges the refusals
}

DeliveryResult SmtpSender::converse(const EmailMessage& message, const std::string& text, Mechanism mechanism,
                                    const Deadlines& deadlines) const {
  CurlList addresses;
  CurlList place;
  CurlList recipients;
  if (resolver_ != nullptr) {
    const auto found = resolved(deadlines.conversation);
    if (!found) return failed(DeliveryOutcome::Retry, found.error().message);
    addresses.add(*found);
  }
  const Duration left = deadlines.conversation.remaining(clock_);
  if (left == Duration::zero()) return failed(DeliveryOutcome::Retry, "timed out");

  const CurlHandle handle(curl_easy_init(), &curl_easy_cleanup);
  check(handle != nullptr, "out of memory");
  Conversation conversation{.handle = handle.get(),
                            .rest = text,
                            .needs_smtputf8 = needs_smtputf8(message),
                            .whole = deadlines.answer.remaining(clock_),
                            .clock = clock_,
                            .stopping = stopping_};
  set_conversation(handle.get(), conversation, left);
  if (const auto set = set_tls(handle.get(), config_.tls); !set) {
    return failed(DeliveryOutcome::Retry, set.error().message);
  }
  set_login(handle.get(), mechanism);
  place.add(connect_to());
  curl_easy_setopt(handle.get(), CURLOPT_CONNECT_TO, place.get());
  curl_easy_setopt(handle.get(), CURLOPT_RESOLVE, addresses.get());
  curl_easy_setopt(handle.get(), CURLOPT_MAIL_FROM, parse_mailbox(message.from)->address.c_str());
  for (const auto* list : {&message.to, &message.cc}) {
    for (const std::string& recipient : *list) recipients.add(parse_mailbox(recipient)->address);
  }
  curl_easy_setopt(handle.get(), CURLOPT_MAIL_RCPT, recipients.get());
  std::array<char, CURL_ERROR_SIZE> reason{};
  curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, reason.data());
  curl_easy_setopt(handle.get(), CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle.get(), CURLOPT_XFERINFOFUNCTION, &must_end);
  curl_easy_setopt(handle.get(), CURLOPT_XFERINFODATA, &conversation);

  const CURLcode code = curl_easy_perform(handle.get());
  if (conversation.refused) {
    return failed(DeliveryOutcome::Permanent,
                  "an address has characters beyond ASCII before its \"@\", which the server does not take "
                  "(it does not offer SMTPUTF8)");
  }
  std::string why = reason[0] != '\0' ? reason.data() : curl_easy_strerror(code);
  if (code == CURLE_ABORTED_BY_CALLBACK && stopping_) why = "given up, since the daemon stops";
  DeliveryResult result = conversation.transcript.judge(repair_utf8(why));
  if (code == CURLE_LOGIN_DENIED && result.code == 0 && !conversation.transcript.authentication_tried()) {
    return failed(DeliveryOutcome::Permanent, "the server offers no authentication that is configured");
  }
  return result;
}

}  // namespace

std::unique_ptr<EmailSender> make_smtp_sender(SmtpConfig config, const Clock& clock, Random& random,
                                              Resolver* resolver) {
  return std::make_unique<SmtpSender>(std::move(config), clock, random, resolver);
}

}  // namespace picket
