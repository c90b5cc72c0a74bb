#include "exporters/health/probers/redis_prober.h"

#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"
#include "exporters/health/probers/stream_run.h"
#include "exporters/health/probers/target_reading.h"

namespace picket::health {
namespace {

constexpr std::int64_t kMostBulkBytes = 1 << 20;
constexpr std::size_t kMostRoleBytes = 16;  // a label: master, slave, sentinel

std::string command(std::initializer_list<std::string_view> words) {
  std::string text = fmt::format("*{}\r\n", words.size());
  for (const std::string_view word : words) text += fmt::format("${}\r\n{}\r\n", word.size(), word);
  return text;
}

FailureReason reason_of_error(std::string_view error) {
  // The last ones are of Redis before 6; DENIED is the protected mode.
  for (const std::string_view refused :
       {"NOAUTH", "WRONGPASS", "NOPERM", "DENIED", "ERR AUTH", "ERR invalid password", "ERR Client sent AUTH",
        "ERR wrong number of arguments for 'auth'"}) {
    if (error.starts_with(refused)) return FailureReason::Auth;
  }
  return FailureReason::Status;  // LOADING, MASTERDOWN, ...
}

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<const RedisProbeConfig> config, std::shared_ptr<StreamRun> run)
      : config_(std::move(config)), run_(std::move(run)) {}

  void begin(const std::string& host) {
    if (!config_->tls) return authenticate();
    TlsConfig tls = config_->tls_config;
    if (tls.server_name.empty()) tls.server_name = host;
    run_->start_tls(tls, [self = shared_from_this()] { self->authenticate(); });
  }

 private:
  using ThenText = StreamRun::ThenText;

  void ask(std::string text, ThenText then, ThenText refused) {
    run_->write(std::move(text), [self = shared_from_this(), then = std::move(then),
                                  refused = std::move(refused)] { self->read_reply(then, refused); });
  }
  /// An error ends the run.
  void ask(std::string text, ThenText then) {
    ask(std::move(text), std::move(then), [self = shared_from_this()](const std::string& error) {
      self->run_->fail(reason_of_error(error), "Redis says " + quote_peer(error));
    });
  }

  void read_reply(ThenText then, ThenText refused) {
    run_->read_line([self = shared_from_this(), then = std::move(then),
                     refused = std::move(refused)](const std::string& line) {
      if (line.starts_with('+')) return then(line.substr(1));
      if (line.starts_with('-')) return refused(line.substr(1));
      const Result<std::int64_t> size =
          parse_int(std::string_view(line).substr(std::min<std::size_t>(1, line.size())));
      if (!line.starts_with('$') || !size || *size < 0 || *size > kMostBulkBytes) {
        return self->run_->fail(FailureReason::Protocol, "no Redis reply: " + quote_peer(line));
      }
      self->run_->read_exactly(static_cast<std::size_t>(*size) + 2, then);
    });
  }

  void authenticate() {
    if (config_->password.empty()) return ping();
    const std::string auth = config_->username.empty()
                                 ? command({"AUTH", config_->password.reveal()})
                                 : command({"AUTH", config_->username, config_->password.reveal()});
    ask(auth, [self = shared_from_this()](const std::string&) { self->ping(); });
  }

  void ping() {
    ask(command({"PING"}), [self = shared_from_this()](const std::string& pong) {
      if (pong != "PONG")
        return self->run_->fail(FailureReason::Content, "PING answered " + quote_peer(pong));
      self->ask(
          command({"INFO"}), [self](const std::string& text) { self->inform(text); },
          [self](const std::string& error) { self->do_without_info(error); });
    });
  }

  void inform(const std::string& text) {
    RedisFacts facts = parse_redis_info(text);
    const bool link_down = facts.master_link_up == false;
    run_->result().facts = std::move(facts);
    if (link_down) {
      run_->result().degraded = true;
      run_->result().detail = "the link to the master is down";
    }
    run_->succeed();
  }

  /// A user that may only PING is enough to know that Redis is up.
  void do_without_info(const std::string& error) {
    run_->result().detail =
        fmt::format("PING is answered, INFO is not: {}; its metrics are missing", quote_peer(error));
    run_->succeed();
  }

  const std::shared_ptr<const RedisProbeConfig> config_;
  const std::shared_ptr<StreamRun> run_;
};

std::optional<std::uint64_t> to_count(std::string_view text) {
  const Result<std::int64_t> number = parse_int(text);
  if (!number || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

void read_info_line(std::string_view key, std::string_view value, RedisFacts& facts) {
  const std::optional<std::uint64_t> count = to_count(value);
  if (key == "used_memory") facts.used_memory_bytes = count;
  if (key == "maxmemory") facts.max_memory_bytes = count;
  if (key == "connected_clients") facts.connected_clients = count;
  if (key == "role" && value.size() <= kMostRoleBytes) facts.role = value;
  if (key == "master_link_status") facts.master_link_up = value == "up";
  if (key == "rdb_last_save_time" && count) facts.last_save = from_unix_seconds(static_cast<double>(*count));
}

}  // namespace

RedisFacts parse_redis_info(std::string_view text) {
  RedisFacts facts;
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    read_info_line(line.substr(0, colon), trim(line.substr(colon + 1)), facts);
  }
  return facts;
}

void read_yaml(MapReader& r, RedisProbeConfig& c) {
  read_endpoint(r, "target", c.target);
  r.read("username", c.username);
  r.read_secret("password", c.password);
  r.read("tls", c.tls);
  r.read("tls_config", c.tls_config);
}

void RedisProber::probe(const ProbeTarget& target, Deadline deadline, Done done) {
  const auto run = StreamRun::create(services_, deadline, std::move(done));
  const Result<ConnectTarget> where = connect_target(target.address, services_);
  if (!where) return run->fail(FailureReason::Internal, where.error().message);
  const auto session = std::make_shared<Session>(config_, run);
  run->connect(*where, [session, host = where->endpoint.host] { session->begin(host); });
}

}  // namespace picket::health
