#include "exporters/health/probers/tcp_prober.h"

#include "exporters/health/probers/stream_run.h"
#include "exporters/health/probers/target_reading.h"

namespace picket::health {
namespace {

/// Walks the steps of one run.
class Dialogue : public std::enable_shared_from_this<Dialogue> {
 public:
  Dialogue(std::shared_ptr<const TcpProbeConfig> config, std::shared_ptr<StreamRun> run,
           std::string server_name)
      : config_(std::move(config)), run_(std::move(run)), tls_(config_->tls_config) {
    if (tls_.server_name.empty()) tls_.server_name = std::move(server_name);
  }

  void begin() {
    if (!config_->tls) return next();
    run_->start_tls(tls_, [self = shared_from_this()] { self->next(); });
  }

 private:
  void next() {
    if (step_ == config_->dialogue.size()) return run_->succeed();
    const DialogueStep& step = config_->dialogue[step_];
    if (step.expect) return expect(*step.expect);
    send_and_secure();
  }

  void expect(const Regex& wanted) {
    run_->read_line([self = shared_from_this(), &wanted](const std::string& line) {
      self->last_line_ = line;
      self->match_ = wanted.groups(line);
      if (self->match_.empty()) return self->expect(wanted);
      self->last_pattern_ = &wanted;
      self->send_and_secure();
    });
  }

  void send_and_secure() {
    const DialogueStep& step = config_->dialogue[step_];
    if (step.send.empty()) return secure();
    // The template's groups are those of the last line that matched.
    std::string text = step.send;
    if (last_pattern_ != nullptr && !match_.empty()) text = last_pattern_->replace_all(match_.front(), text);
    run_->write(text + "\n", [self = shared_from_this()] { self->secure(); });
  }

  void secure() {
    const bool starttls = config_->dialogue[step_].starttls;
    ++step_;
    if (!starttls) return next();
    run_->start_tls(tls_, [self = shared_from_this()] { self->next(); });
  }

  const std::shared_ptr<const TcpProbeConfig> config_;
  const std::shared_ptr<StreamRun> run_;
  TlsConfig tls_;
  std::size_t step_ = 0;
  std::string last_line_;
  std::vector<std::string> match_;
  const Regex* last_pattern_ = nullptr;
};

}  // namespace

void read_yaml(MapReader& r, DialogueStep& c) {
  r.read("expect", c.expect);
  r.read("send", c.send);
  r.read("starttls", c.starttls);
  if (!c.expect && c.send.empty() && !c.starttls) r.problem("", "a step needs expect, send or starttls");
}

void read_yaml(MapReader& r, TcpProbeConfig& c) {
  read_endpoint(r, "target", c.target);
  r.read("tls", c.tls);
  r.read("tls_config", c.tls_config);
  read_source(r, "source_address", c.source);
  r.read("query_response", c.dialogue);
}

void TcpProber::probe(const ProbeTarget& target, Deadline deadline, Done done) {
  const auto run = StreamRun::create(services_, deadline, std::move(done));
  Result<ConnectTarget> where = connect_target(target.address, services_);
  if (!where) return run->fail(FailureReason::Internal, where.error().message);
  where->preference = config_->preference;
  if (config_->source) where->source_address = config_->source->text();
  const std::string name = target.hostname.empty() ? where->endpoint.host : target.hostname;
  const auto dialogue = std::make_shared<Dialogue>(config_, run, name);
  run->connect(*where, [dialogue] { dialogue->begin(); });
}

}  // namespace picket::health
