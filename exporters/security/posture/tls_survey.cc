#include "exporters/security/posture/tls_survey.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "exporters/security/posture/cipher_suites.h"

namespace picket::security {

namespace {

constexpr Duration kQuestionTime = std::chrono::seconds(5);
constexpr std::size_t kRandomBytes = 64;
constexpr int kMaxUnreached = 2;  ///< connections in a row that failed

enum class Reply : std::uint8_t {
  Answered,
  Refused,
  Closed,    ///< without a word, which is how some servers refuse
  NotClear,  ///< no TLS, another alert, no answer in time
  Unreached
};

/// One connection: says a hello, reads until the answer is clear.
class Question : public std::enable_shared_from_this<Question> {
 public:
  using Done = std::function<void(Reply, const HelloAnswer&)>;
  Question(const SurveyTools& tools, Done done)
      : stream_(Stream::create(tools.loop, tools.resolver)), done_(std::move(done)) {}

  void ask(const ConnectTarget& target, Deadline deadline, std::string hello) {
    stream_->connect(target, deadline,
                     [self = shared_from_this(), hello = std::move(hello)](const Result<void>& connected) {
                       if (!connected) return self->end(Reply::Unreached);
                       self->say(hello);
                     });
  }

 private:
  void say(const std::string& hello) {
    // A server that refuses may close before it has read everything: what it said can still be read.
    stream_->write(hello, [self = shared_from_this()](const Result<void>&) { self->listen(); });
  }

  void listen() {
    stream_->read_some(kMaxServerHello, [self = shared_from_this()](const Result<std::string>& bytes) {
      if (!bytes) {
        const bool closed = bytes.error().kind == ErrorKind::Unavailable && self->heard_.empty();
        return self->end(closed ? Reply::Closed : Reply::NotClear);
      }
      if (bytes->empty()) return self->end(self->heard_.empty() ? Reply::Closed : Reply::NotClear);
      self->heard_ += *bytes;
      self->understand();
    });
  }

  void understand() {
    const HelloReading reading = read_server_hello(heard_);
    switch (reading.progress) {
      case HelloProgress::Answered:
        answer_ = reading.answer;
        return end(Reply::Answered);
      case HelloProgress::Refused:
        return end(Reply::Refused);
      case HelloProgress::NotClear:
      case HelloProgress::NotTls:
        return end(Reply::NotClear);
      case HelloProgress::Incomplete:
        break;
    }
    if (heard_.size() >= kMaxServerHello) return end(Reply::NotClear);
    listen();
  }

  void end(Reply reply) {
    stream_->close();
    if (const Done done = std::exchange(done_, nullptr)) done(reply, answer_);
  }

  const std::shared_ptr<Stream> stream_;
  Done done_;
  std::string heard_;
  HelloAnswer answer_;
};

class Survey : public std::enable_shared_from_this<Survey> {
 public:
  Survey(SurveyTools tools, SurveyTarget target, Deadline deadline)
      : tools_(std::move(tools)), target_(std::move(target)), deadline_(deadline) {}

  void run(std::function<void(TlsSeen)> done) {
    done_ = std::move(done);
    ask_version(std::size(kTlsProtocols));
  }

 private:
  using Suites = std::vector<std::uint16_t>;

  void ask(TlsProtocol version, Suites suites, Question::Done then) {
    if (tools_.stopped() || deadline_.passed(tools_.clock) || unreached_ >= kMaxUnreached) return end();
    const Deadline limit{std::min(deadline_.at, tools_.clock.mono() + kQuestionTime)};
    const auto question = std::make_shared<Question>(
        tools_, [self = shared_from_this(), then = std::move(then)](Reply reply, const HelloAnswer& answer) {
          self->unreached_ = reply == Reply::Unreached ? self->unreached_ + 1 : 0;
          if (reply == Reply::Answered) self->note(answer);
          then(reply, answer);
        });
    const HelloQuestion hello{version, std::move(suites), target_.server_name,
                              tools_.random.bytes(kRandomBytes)};
    question->ask(target_.connect, limit, client_hello(hello));
  }

  void note(const HelloAnswer& answer) {
    if (answer.dh_bits) seen_.dh_bits = std::min(seen_.dh_bits.value_or(*answer.dh_bits), *answer.dh_bits);
    if (answer.version == TlsProtocol::Tls13) return;
    seen_.compression = seen_.compression.value_or(false) || answer.compression;
    seen_.secure_renegotiation = seen_.secure_renegotiation.value_or(true) && answer.secure_renegotiation;
  }

  static Suites every_suite() {
    Suites suites;
    for (const CipherSuite& suite : sound_suites()) suites.push_back(suite.code);
    for (const CipherSuite& suite : weak_suites()) suites.push_back(suite.code);
    return suites;
  }

  /// The versions one after another, the newest first; `left` of them are still to be asked for.
  void ask_version(std::size_t left) {
    if (left == 0) return versions_known();
    const TlsProtocol version = kTlsProtocols[left - 1];
    ask(version, version == TlsProtocol::Tls13 ? Suites{} : every_suite(),
        [self = shared_from_this(), version, left](Reply reply, const HelloAnswer& answer) {
          self->note_version(version, reply, answer);
          self->ask_version(left - 1);
        });
  }

  void note_version(TlsProtocol version, Reply reply, const HelloAnswer& answer) {
    std::optional<bool>& accepted = seen_.accepted[static_cast<std::size_t>(version)];
    if (reply == Reply::Answered) accepted = answer.version == version;
    if (reply == Reply::Refused) accepted = false;
    if (reply == Reply::Closed) closed_.push_back(version);
  }

  /// A close without a word is a refusal by a server that does accept another version; else it is nothing.
  void versions_known() {
    const bool speaks = std::ranges::any_of(seen_.accepted, [](auto a) { return a.value_or(false); });
    for (const TlsProtocol version : closed_) {
      if (speaks) seen_.accepted[static_cast<std::size_t>(version)] = false;
    }
    ask_dhe();
  }

  /// Servers prefer elliptic curves: a finite-field group shows when nothing else is offered.
  void ask_dhe() {
    const std::optional<TlsProtocol> newest = newest_below(TlsProtocol::Tls13);
    if (!newest) return ask_weak(TlsProtocol::Tls13);
    Suites suites;
    for (const CipherSuite& suite : sound_suites()) {
      if (suite.name.starts_with("TLS_DHE_")) suites.push_back(suite.code);
    }
    ask(*newest, std::move(suites), [self = shared_from_this()](Reply, const HelloAnswer&) {
      self->complete_ = true;
      self->ask_weak(TlsProtocol::Tls13);
    });
  }

  std::optional<TlsProtocol> newest_below(TlsProtocol bound) const {
    for (std::size_t i = static_cast<std::size_t>(bound); i > 0; --i) {
      if (seen_.accepted[i - 1].value_or(false)) return kTlsProtocols[i - 1];
    }
    return std::nullopt;
  }

  /// Offers the weak suites that were not chosen yet, until the server finds none: for each version that it
  /// accepts, since some have other suites for old versions.
  void ask_weak(TlsProtocol bound) {
    const std::optional<TlsProtocol> version = newest_below(bound);
    if (!version) return weak_known();
    Suites suites;
    for (const CipherSuite& suite : weak_suites()) {
      if (std::ranges::find(seen_.weak, suite.code) == seen_.weak.end()) suites.push_back(suite.code);
    }
    if (suites.empty()) return weak_known();
    ask(*version, suites,
        [self = shared_from_this(), version, bound, suites](Reply reply, const HelloAnswer& answer) {
          if (reply == Reply::Refused || reply == Reply::Closed) return self->ask_weak(*version);
          const bool chosen =
              reply == Reply::Answered && std::ranges::find(suites, answer.suite) != suites.end();
          if (!chosen) {
            self->complete_ = false;
            return self->ask_weak(*version);
          }
          self->seen_.weak.push_back(answer.suite);
          self->ask_weak(bound);
        });
  }

  void weak_known() {
    const bool all = std::ranges::all_of(seen_.accepted, [](auto a) { return a.has_value(); });
    const bool only_newest =
        all && !newest_below(TlsProtocol::Tls13) && seen_.accepts(TlsProtocol::Tls13) == true;
    seen_.weak_complete = all && (complete_ || only_newest);
    end();
  }

  void end() {
    if (const auto done = std::exchange(done_, nullptr)) done(std::move(seen_));
  }

  const SurveyTools tools_;
  const SurveyTarget target_;
  const Deadline deadline_;
  std::function<void(TlsSeen)> done_;
  TlsSeen seen_;
  std::vector<TlsProtocol> closed_;
  bool complete_ = false;
  int unreached_ = 0;
};

}  // namespace

void survey_tls(SurveyTools tools, SurveyTarget target, Deadline deadline,
                std::function<void(TlsSeen)> done) {
  std::make_shared<Survey>(std::move(tools), std::move(target), deadline)->run(std::move(done));
}

}  // namespace picket::security
