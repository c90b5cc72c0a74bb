#include "exporters/health/probers/tls_prober.h"

#include "exporters/health/probers/stream_run.h"
#include "exporters/health/probers/target_reading.h"

namespace picket::health {
namespace {

/// What is said before TLS begins: wait for a greeting, send a command, wait for consent.
struct Preamble {
  std::string_view greeting, command, consent;
};

Preamble preamble_of(StartTls kind) {
  switch (kind) {
    case StartTls::Smtp:
      return {"220", "EHLO picket\r\nSTARTTLS\r\n", "220"};
    case StartTls::Imap:
      return {"* OK", "a STARTTLS\r\n", "a OK"};
    case StartTls::Pop3:
      return {"+OK", "STLS\r\n", "+OK"};
    case StartTls::None:
      break;
  }
  return {};
}

void wait_for(const std::shared_ptr<StreamRun>& run, std::string_view prefix, std::function<void()> then) {
  run->read_line([run, prefix, then = std::move(then)](const std::string& line) {
    if (line.starts_with(prefix) && (line.size() < 4 || line[3] != '-')) return then();
    if (line.starts_with("5") || line.starts_with("-ERR") || line.starts_with("a NO") ||
        line.starts_with("a BAD")) {
      return run->fail(FailureReason::Protocol, "STARTTLS refused: " + quote_peer(line));
    }
    wait_for(run, prefix, then);
  });
}

}  // namespace

void read_yaml(MapReader& r, TlsProbeConfig& c) {
  read_endpoint(r, "target", c.target);
  r.read("tls_config", c.tls_config);
  r.read_enum("starttls", c.starttls,
              {{"none", StartTls::None},
               {"smtp", StartTls::Smtp},
               {"imap", StartTls::Imap},
               {"pop3", StartTls::Pop3}});
  r.read("warn_before", c.warn_before);
}

void warn_of_expiry(ProbeResult& result, WallTime now, Duration warn_before) {
  if (!result.tls || result.tls->served.empty()) return;
  const Duration left = result.tls->served.front().not_after - now;
  if (left >= warn_before || warn_before <= Duration::zero()) return;
  result.degraded = true;
  result.reason = FailureReason::Cert;
  // In whole hours or minutes, so that the message does not change with each probe.
  const Duration step =
      left >= std::chrono::hours(1) ? Duration(std::chrono::hours(1)) : std::chrono::minutes(1);
  const Duration shown = std::max(left - left % step, Duration::zero());
  result.detail = fmt::format("the certificate ends in {}", format_duration(shown));
}

void TlsProber::probe(const ProbeTarget& target, Deadline deadline, Done done) {
  const auto run = StreamRun::create(services_, deadline, std::move(done));
  const Result<ConnectTarget> where = connect_target(target.address, services_);
  if (!where) return run->fail(FailureReason::Internal, where.error().message);
  TlsConfig tls = config_->tls_config;
  if (tls.server_name.empty())
    tls.server_name = target.hostname.empty() ? where->endpoint.host : target.hostname;
  const auto secure = [run, tls, config = config_, &clock = services_.clock()] {
    run->start_tls(tls, [run, config, &clock] {
      warn_of_expiry(run->result(), clock.wall(), config->warn_before);
      run->succeed();
    });
  };
  if (config_->starttls == StartTls::None) return run->connect(*where, secure);
  const Preamble preamble = preamble_of(config_->starttls);
  run->connect(*where, [run, preamble, secure, smtp = config_->starttls == StartTls::Smtp] {
    wait_for(run, preamble.greeting, [run, preamble, secure, smtp] {
      if (!smtp) {
        return run->write(std::string(preamble.command),
                          [run, preamble, secure] { wait_for(run, preamble.consent, secure); });
      }
      run->write("EHLO picket\r\n", [run, secure] {
        wait_for(run, "250", [run, secure] {
          run->write("STARTTLS\r\n", [run, secure] { wait_for(run, "220", secure); });
        });
      });
    });
  });
}

}  // namespace picket::health
