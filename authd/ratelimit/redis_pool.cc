#include "authd/ratelimit/redis_pool.h"

#include <hiredis/hiredis.h>
#include <poll.h>

#include <csignal>

#include "base/net/ip_address.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

using Numbers = std::vector<std::int64_t>;

struct FreeContext {
  void operator()(redisContext* context) const { redisFree(context); }
};
struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Context = std::unique_ptr<redisContext, FreeContext>;
using Reply = std::unique_ptr<redisReply, FreeReply>;

timeval to_timeval(Duration duration) {
  const auto micros = std::chrono::ceil<std::chrono::microseconds>(duration).count();
  return {.tv_sec = micros / 1'000'000, .tv_usec = micros % 1'000'000};
}

/// hiredis writes with write(2): the daemon ignores SIGPIPE, and nobody else may die of it either.
void ignore_broken_pipes() {
  struct sigaction action {};
  if (sigaction(SIGPIPE, nullptr, &action) == 0 && action.sa_handler == SIG_DFL)
    std::signal(SIGPIPE, SIG_IGN);
}

Failure away(std::string_view what, const redisContext* context) {
  const std::string_view reason = context == nullptr ? "out of memory" : context->errstr;
  return fail(ErrorKind::Unavailable, fmt::format("{} Redis: {}", what, reason));
}

Result<Numbers> read_numbers(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_ERROR) {
    const std::string_view text(reply.str, reply.len);
    const ErrorKind kind = text.starts_with("NOSCRIPT") ? ErrorKind::NotFound : ErrorKind::Internal;
    return fail(kind, "Redis says " + truncate(text, 200));
  }
  if (reply.type == REDIS_REPLY_INTEGER) return Numbers{reply.integer};
  Numbers numbers;
  if (reply.type != REDIS_REPLY_ARRAY) return numbers;
  for (std::size_t i = 0; i < reply.elements; ++i) numbers.push_back(reply.element[i]->integer);
  return numbers;
}

}  // namespace

class RedisPool::Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const RedisConfig& config) {
    Result<Context> context = connect(config);
    if (!context) return fail(context);
    auto connection = std::make_unique<Connection>(std::move(*context));
    if (const Result<void> ready = connection->prepare(config); !ready) return fail(ready);
    return connection;
  }

  explicit Connection(Context context) : context_(std::move(context)) {}

  /// Unavailable when the connection is of no use any more.
  Result<Numbers> command(std::span<const std::string> words) {
    std::vector<const char*> starts;
    std::vector<std::size_t> sizes;
    for (const std::string& word : words) {
      starts.push_back(word.data());
      sizes.push_back(word.size());
    }
    const Reply reply(static_cast<redisReply*>(
        redisCommandArgv(context_.get(), static_cast<int>(words.size()), starts.data(), sizes.data())));
    if (!reply) return away("asking", context_.get());
    return read_numbers(*reply);
  }

  /// False when the peer has closed it while it lay idle.
  bool is_open() const {
    pollfd watched{.fd = context_->fd, .events = POLLIN | POLLRDHUP, .revents = 0};
    return ::poll(&watched, 1, 0) == 0;
  }

 private:
  static Result<Context> connect(const RedisConfig& config) {
    const timeval timeout = to_timeval(config.connect_timeout);
    Context context;
    if (config.address.starts_with('/')) {
      context.reset(redisConnectUnixWithTimeout(config.address.c_str(), timeout));
    } else {
      const auto endpoint = HostPort::parse(config.address);
      if (!endpoint) return fail(endpoint);
      context.reset(redisConnectWithTimeout(endpoint->host.c_str(), endpoint->port, timeout));
    }
    if (!context || context->err != 0) return away("connecting to", context.get());
    if (redisSetTimeout(context.get(), to_timeval(config.command_timeout)) != REDIS_OK) {
      return away("connecting to", context.get());
    }
    return context;
  }

  Result<void> prepare(const RedisConfig& config) {
    if (!config.password.empty()) {
      std::vector<std::string> words{"AUTH"};
      if (!config.username.empty()) words.push_back(config.username);
      words.push_back(config.password.reveal());
      if (const auto done = command(words); !done) return fail(done, "signing in");
    }
    if (config.database != 0) {
      const std::vector<std::string> words{"SELECT", std::to_string(config.database)};
      if (const auto done = command(words); !done) return fail(done, "choosing the database");
    }
    return {};
  }

  Context context_;
};

void read_yaml(MapReader& r, RedisConfig& c) {
  r.require("address", c.address);
  r.read("username", c.username);
  r.read_secret("password", c.password);
  r.read("database", c.database);
  r.read("key_prefix", c.key_prefix);
  r.read("connections", c.connections);
  r.read("connect_timeout", c.connect_timeout);
  r.read("command_timeout", c.command_timeout);
  r.read("pause_after_failure", c.pause_after_failure);
  if (!c.address.starts_with('/') && !HostPort::parse(c.address)) {
    r.problem("address", "must be host:port or the path of a socket");
  }
  if (c.connections < 1 || c.connections > 256) r.problem("connections", "must be between 1 and 256");
  const Duration shortest = std::chrono::milliseconds(1);
  if (c.connect_timeout < shortest) r.problem("connect_timeout", "must be at least 1ms");
  if (c.command_timeout < shortest) r.problem("command_timeout", "must be at least 1ms");
}

RedisPool::RedisPool(RedisConfig config, const Clock& clock) : config_(std::move(config)), clock_(clock) {
  ignore_broken_pipes();
}

RedisPool::~RedisPool() = default;

/// When the pause is over, the one who asks first tries; for the others it goes on meanwhile.
bool RedisPool::is_paused() {
  if (is_up_) return false;
  const MutexLock lock(mutex_);
  const MonoTime now = clock_.mono();
  if (now < paused_until_) return true;
  paused_until_ = now + config_.pause_after_failure;
  return false;
}

Result<RedisPool::Handle> RedisPool::take() {
  {
    std::unique_lock lock(mutex_);
    const auto has_room = [this] { return !idle_.empty() || out_ < config_.connections; };
    if (!returned_.wait_for(lock, config_.command_timeout, has_room)) {
      return fail(ErrorKind::Timeout, "all connections to Redis are busy");
    }
    ++out_;
    if (!idle_.empty()) {
      Handle connection = std::move(idle_.back());
      idle_.pop_back();
      if (connection->is_open()) return connection;
    }
  }
  Result<Handle> fresh = Connection::open(config_);
  if (!fresh) give_back(nullptr, false);
  return fresh;
}

void RedisPool::give_back(Handle connection, bool is_fine) {
  {
    const MutexLock lock(mutex_);
    --out_;
    if (is_fine) idle_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

void RedisPool::note(bool is_fine) {
  is_up_ = is_fine;
  if (is_fine) return;
  const MutexLock lock(mutex_);
  paused_until_ = clock_.mono() + config_.pause_after_failure;
}

Result<Numbers> RedisPool::run(std::span<const std::string> command, Contact& contact) {
  Result<Handle> connection = take();
  if (!connection) {
    if (connection.error().kind != ErrorKind::Timeout) contact = Contact::Broken;
    return fail(ErrorKind::Unavailable, connection.error().message);
  }
  Result<Numbers> answer = (*connection)->command(command);
  const bool is_broken = !answer && answer.error().kind == ErrorKind::Unavailable;
  contact = is_broken ? Contact::Broken : Contact::Fine;
  give_back(std::move(*connection), !is_broken);
  return answer;
}

Result<Numbers> RedisPool::numbers(std::span<const std::string> command) {
  if (is_paused()) return fail(ErrorKind::Unavailable, "Redis is away");
  Contact contact = Contact::None;
  Result<Numbers> answer = run(command, contact);
  if (contact != Contact::None) note(contact == Contact::Fine);
  return answer;
}

}  // namespace picket::authd
