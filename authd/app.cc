#include "authd/app.h"

#include <algorithm>
#include <thread>

#include "authd/auth_core.h"
#include "authd/http/audit_routes.h"
#include "authd/http/auth_routes.h"
#include "authd/http/email_routes.h"
#include "authd/http/factor_routes.h"
#include "authd/http/guard_routes.h"
#include "authd/http/key_routes.h"
#include "authd/http/oauth_routes.h"
#include "authd/http/openapi_routes.h"
#include "authd/http/password_routes.h"
#include "authd/http/phone_routes.h"
#include "authd/http/user_limit_routes.h"
#include "authd/http/user_routes.h"
#include "authd/http/verify_route.h"
#include "authd/pages/pages.h"
#include "authd/pages/pages_parts.h"
#include "authd/secrets/private_file.h"
#include "authd/store_status.h"

namespace picket::authd {
namespace {

constexpr std::size_t kOtherWorkers = 16;
constexpr unsigned kServerThreadsMax = 4;

/// "https://auth.example.org" of "https://auth.example.org/x/".
std::string origin_of(const std::string& url) {
  const std::size_t host = url.find("://");
  return host == std::string::npos ? url : url.substr(0, url.find('/', host + 3));
}

/// What an empty file leaves to the flags.
AuthdConfig completed(AuthdConfig config, const DaemonFlags& flags) {
  if (config.public_url.empty()) config.public_url = flags.external_url;
  while (config.public_url.ends_with('/')) config.public_url.pop_back();
  if (config.tokens.issuer.empty()) config.tokens.issuer = config.public_url;
  LoginConfig& login = config.login;
  if (login.second_factors.issuer == SecondFactorConfig{}.issuer)
    login.second_factors.issuer = config.branding.name;
  if (login.links.base_url.empty()) login.links.base_url = config.public_url;
  login.owners = config.sessions.owners = config.forward_auth.access.owners = config.owner_networks;
  return config;
}

/// Over plain HTTP no browser may be told to come by HTTPS alone (RFC 6797 7.2).
SecurityHeaders headers_for(const std::string& origin, SecurityHeaders headers) {
  if (!origin.starts_with("https://")) headers.leave_out("Strict-Transport-Security");
  return headers;
}

Result<std::shared_ptr<const FrontConfig>> front_config(const AuthdConfig& config) {
  const std::string origin = origin_of(config.public_url);
  Result<Detector> detector = Detector::built_in(config.forward_auth.filter_without);
  if (!detector) return fail(detector, "forward_auth.filter_without");
  Result<RedirectTargets> own = RedirectTargets::parse({origin});
  if (!own) return fail(own, "public_url");
  auto forward_auth = std::make_shared<ForwardAuthConfig>(config.forward_auth);
  if (forward_auth->redirect.login_url.empty())
    forward_auth->redirect.login_url = config.public_url + "/auth/login";
  return std::make_shared<const FrontConfig>(FrontConfig{
      .site = config.branding.name,
      .public_url = config.public_url,
      .issuer = config.tokens.issuer,
      .proxies = config.trusted_proxies,
      .browser = {.origins = {origin}, .cookies = {.insecure_development = origin.starts_with("http://")}},
      .forward_auth = std::move(forward_auth),
      .filter = std::make_shared<const RequestFilter>(config.forward_auth.filter, std::move(*detector)),
      .own = std::move(*own),
      .headers = headers_for(origin, config.security_headers),
      .cors = config.cors,
      .fresh_for = config.sessions.fresh});
}

/// What the core has to show, once it is there.
class CoreCollector final : public Collector {
 public:
  void set(std::shared_ptr<AuthCore> core) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    core_ = std::move(core);
  }
  std::string_view name() const override { return "authd"; }
  std::unique_ptr<Collection> collect() override {
    std::shared_ptr<AuthCore> core;
    {
      const MutexLock lock(mutex_);
      core = core_;
    }
    return std::make_unique<All>(std::move(core));
  }

 private:
  class All final : public Collection {
   public:
    explicit All(std::shared_ptr<AuthCore> core) : core_(std::move(core)) {
      if (!core_) return;
      for (Collector* collector : core_->collectors()) parts_.push_back(collector->collect());
    }
    bool step(MetricWriter& writer) override {
      while (next_ < parts_.size() && !parts_[next_]->step(writer)) ++next_;
      return next_ < parts_.size();
    }

   private:
    const std::shared_ptr<AuthCore> core_;
    std::vector<std::unique_ptr<Collection>> parts_;
    std::size_t next_ = 0;
  };

  Mutex mutex_;
  std::shared_ptr<AuthCore> core_ GUARDED_BY(mutex_);
};

class Authd final : public Service {
 public:
  explicit Authd(DaemonContext& context)
      : context_(context),
        resolver_(loop_),
        client_(loop_, resolver_),
        verify_metrics_(context.registry),
        identity_tokens_({}, context.random),
        proxies_(context.registry, context.log, context.clock),
        front_(proxies_, failure_page),
        store_(context.scheduler, context.pool, store_steps()),
        status_(store_) {
    context.metrics.add(status_);
    context.metrics.add(collector_);
    add_routes(context.router);
  }

  Result<void> load() override {
    if (Result<void> known = check_dsn(); !known) return known;
    warn_of_writable();
    Result<AuthdConfig> loaded = load_authd_config(context_.flags.config_file, context_.files);
    if (!loaded) return fail(loaded);
    const AuthdConfig config = completed(std::move(*loaded), context_.flags);
    const Result<std::shared_ptr<const FrontConfig>> front = front_config(config);
    if (!front) return fail(front);
    if (Result<void> applied = store_.apply(config); !applied) return applied;
    front_.reload(*front);
    proxies_.forget();
    return {};
  }

  Result<void> start() override {
    store_.start();
    return {};
  }

  std::string unready_reason() const override { return status_.unready_reason(); }

  std::vector<std::string> warnings() const override { return proxies_.warnings(); }

  std::optional<web::Site> site(const picket::Target& page) const override {
    const std::shared_ptr<const FrontConfig> config = front_.config();
    return config ? std::optional(page_site(*config, page)) : std::nullopt;
  }

  void stop() override {
    const std::shared_ptr<AuthCore> last = store_.close();
    front_.open(nullptr);
    collector_.set(nullptr);
    if (last != nullptr) last->stop();
  }

 private:
  /// A word that is wrong will not become right.
  Result<void> check_dsn() const {
    if (context_.flags.storage_dsn.empty()) return {};
    const auto dsn = sql::Dsn::parse(context_.flags.storage_dsn);
    return dsn ? Result<void>() : fail(dsn, "--storage.dsn");
  }

  void warn_of_writable() const {
    const DaemonFlags& flags = context_.flags;
    for (const std::string& path :
         {flags.config_file, flags.storage_path, flags.storage_path + "/authd.db"}) {
      const std::string complaint = writable_by_others(path);
      if (!complaint.empty())
        context_.log.warn("others may change what authd relies on", {{"what", complaint}});
    }
  }

  void add_routes(Router& router) {
    RouteTable routes(router, front_);
    add_auth_routes(routes);
    add_factor_routes(routes);
    add_password_routes(routes);
    add_email_routes(routes);
    add_phone_routes(routes);
    add_oauth_routes(routes);
    add_user_routes(routes);
    add_key_routes(routes);
    add_guard_routes(routes);
    add_user_limit_routes(routes);
    add_audit_routes(routes);
    add_verify_routes(routes, {verify_metrics_, identity_tokens_, context_.pool});
    add_openapi_routes(routes);
    add_login_pages(routes);
    add_recovery_pages(routes);
    add_enrol_pages(routes);
    add_account_pages(routes);
    add_confirm_pages(routes);
    add_phone_pages(routes);
    router.options([this](const Request& request) { return front_.preflight(request); });
  }

  AuthStore::Steps store_steps() {
    return {.open = [this](const AuthdConfig& config) { return open(config); },
            .reload = [](AuthCore& core, const AuthdConfig& config) { return core.reload(config); },
            .opened =
                [this](const std::shared_ptr<AuthCore>& core) {
                  front_.open(core->parts());
                  collector_.set(core);
                },
            .failed =
                [this](const Error& error) {
                  context_.log.error("the database cannot be used; every request is refused until it can",
                                     {{"error", error}});
                }};
  }

  Result<std::shared_ptr<AuthCore>> open(const AuthdConfig& config) {
    Result<std::shared_ptr<AuthCore>> core = AuthCore::open(context_, config, {loop_, resolver_, client_});
    if (core) (*core)->start();
    return core;
  }

  DaemonContext& context_;
  EventLoop loop_;
  Resolver resolver_;
  CurlClient client_;
  VerifyMetrics verify_metrics_;
  IdentityTokens identity_tokens_;
  ProxyWatch proxies_;
  Front front_;
  CoreCollector collector_;
  AuthStore store_;
  StoreStatus status_;
};

}  // namespace

Result<void> check_authd_config(const DaemonFlags& flags, const Files& files) {
  Result<AuthdConfig> loaded = load_authd_config(flags.config_file, files);
  if (!loaded) return fail(loaded);
  const AuthdConfig config = completed(std::move(*loaded), flags);
  const auto rules = LoginRules::make(config.login, files);
  if (!rules) return fail(rules);
  const auto front = front_config(config);
  if (!front) return fail(front);
  return {};
}

std::size_t http_threads() {
  return kKdfWaitingMax + std::thread::hardware_concurrency() + kOtherWorkers;
}

std::size_t server_threads() {
  return std::clamp(std::thread::hardware_concurrency(), 1U, kServerThreadsMax);
}

std::unique_ptr<Service> make_authd(DaemonContext& context) {
  return std::make_unique<Authd>(context);
}

}  // namespace picket::authd
