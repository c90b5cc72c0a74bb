#include "exporters/health/probers/smtp_prober.h"

#include <algorithm>

#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "exporters/health/probers/stream_run.h"
#include "exporters/health/probers/target_reading.h"
#include "exporters/health/probers/tls_prober.h"

namespace picket::health {
namespace {

struct Reply {
  int code = 0;
  std::vector<std::string> lines;  ///< without the code
};

/// One run, from the banner to QUIT.
class Conversation : public std::enable_shared_from_this<Conversation> {
 public:
  Conversation(std::shared_ptr<const SmtpProbeConfig> config, std::shared_ptr<StreamRun> run, TlsConfig tls,
               const Clock& clock)
      : config_(std::move(config)), run_(std::move(run)), tls_(std::move(tls)), clock_(clock) {
    run_->result().facts = SmtpFacts{};
  }

  void begin() {
    if (config_->starttls != SmtpTls::Implicit) return banner();
    run_->start_tls(tls_, [self = shared_from_this()] { self->banner(); });
  }

 private:
  using ThenReply = std::function<void(const Reply&)>;
  SmtpFacts& facts() { return std::get<SmtpFacts>(run_->result().facts); }

  void read_reply(Reply so_far, ThenReply then) {
    run_->read_line([self = shared_from_this(), so_far = std::move(so_far),
                     then = std::move(then)](const std::string& line) mutable {
      constexpr std::size_t kCodeDigits = 3;
      const Result<std::int64_t> code = parse_int(std::string_view(line).substr(0, kCodeDigits));
      if (!code || *code < 200 || *code > 599 ||
          (line.size() > kCodeDigits && line[kCodeDigits] != ' ' && line[kCodeDigits] != '-')) {
        return self->run_->fail(FailureReason::Protocol, "no SMTP reply: " + quote_peer(line));
      }
      so_far.code = static_cast<int>(*code);
      so_far.lines.push_back(line.size() > kCodeDigits ? line.substr(kCodeDigits + 1) : "");
      if (line.size() > kCodeDigits && line[kCodeDigits] == '-')
        return self->read_reply(std::move(so_far), std::move(then));
      then(so_far);
    });
  }

  /// Reads the reply of `step`; anything but a 2xx ends the run.
  void expect(const std::string& step, ThenReply then) {
    read_reply({}, [self = shared_from_this(), step, then = std::move(then)](const Reply& reply) {
      self->note(step, reply.code);
      if (reply.code < 200 || reply.code > 299) {
        return self->run_->fail(FailureReason::Status, fmt::format("{} answered {} {}", step, reply.code,
                                                                   quote_peer(reply.lines.front())));
      }
      then(reply);
    });
  }

  /// One code a step: after STARTTLS the second EHLO is what counts.
  void note(const std::string& step, int code) {
    auto& codes = facts().reply_codes;
    const auto known = std::ranges::find(codes, step, &std::pair<std::string, int>::first);
    if (known == codes.end()) {
      codes.emplace_back(step, code);
    } else {
      known->second = code;
    }
  }

  void banner() {
    expect("banner", [self = shared_from_this()](const Reply&) { self->hello(false); });
  }

  void hello(bool secured) {
    run_->write(fmt::format("EHLO {}\r\n", config_->hello), [self = shared_from_this(), secured] {
      self->expect("ehlo", [self, secured](const Reply& reply) { self->after_hello(reply, secured); });
    });
  }

  void after_hello(const Reply& reply, bool secured) {
    if (secured || config_->starttls == SmtpTls::Implicit) return quit();
    bool offered = false;
    for (const std::string& line : reply.lines) offered = offered || iequals(trim(line), "STARTTLS");
    facts().starttls_offered = offered;
    if (!offered && config_->starttls == SmtpTls::Required)
      return run_->fail(FailureReason::Tls, "STARTTLS is not offered");
    if (!offered || config_->starttls == SmtpTls::Never) return quit();
    run_->write("STARTTLS\r\n", [self = shared_from_this()] {
      self->expect("starttls", [self](const Reply&) {
        self->run_->start_tls(self->tls_, [self] { self->hello(true); });
      });
    });
  }

  void quit() {
    warn_of_expiry(run_->result(), clock_.wall(), config_->warn_before);
    run_->write("QUIT\r\n", [run = run_] { run->succeed(); });
  }

  const std::shared_ptr<const SmtpProbeConfig> config_;
  const std::shared_ptr<StreamRun> run_;
  const TlsConfig tls_;
  const Clock& clock_;
};

}  // namespace

void read_yaml(MapReader& r, SmtpProbeConfig& c) {
  read_endpoint(r, "target", c.target);
  r.read("hello", c.hello);
  if (c.hello.find_first_of("\r\n ") != std::string::npos) r.problem("hello", "must be a host name");
  r.read_enum("starttls", c.starttls,
              {{"never", SmtpTls::Never},
               {"if_offered", SmtpTls::IfOffered},
               {"required", SmtpTls::Required},
               {"implicit", SmtpTls::Implicit}});
  r.read("tls_config", c.tls_config);
  r.read("warn_before", c.warn_before);
}

void SmtpProber::probe(const ProbeTarget& target, Deadline deadline, Done done) {
  const auto run = StreamRun::create(services_, deadline, std::move(done));
  const Result<ConnectTarget> where = connect_target(target.address, services_);
  if (!where) return run->fail(FailureReason::Internal, where.error().message);
  TlsConfig tls = config_->tls_config;
  if (tls.server_name.empty()) tls.server_name = where->endpoint.host;
  const auto conversation = std::make_shared<Conversation>(config_, run, std::move(tls), services_.clock());
  run->connect(*where, [conversation] { conversation->begin(); });
}

}  // namespace picket::health
