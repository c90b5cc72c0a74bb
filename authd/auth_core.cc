#include "authd/auth_core.h"

#include "authd/config/restart.h"
#include "authd/store/key_marks.h"
#include "authd/store/open_database.h"
#include "authd/store/seal_check.h"
#include "base/deliver/sms.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kStale = seconds(5);  ///< without the store for so long, nobody is believed
constexpr Duration kRowsKept = hours(24 * 7);
constexpr Duration kFailuresKept = hours(24 * 90);  // the cap of an account counts that far back

/// The longest life of an access token, and what clocks may differ by.
Duration kept_for(const TokenConfig& tokens) {
  return tokens.access_lifetime + tokens.leeway + seconds(60);
}

KeyPolicy key_policy(const TokenConfig& tokens) {
  KeyPolicy policy = tokens.keys;
  policy.kept_after = kept_for(tokens);
  return policy;
}

LoginStores login_stores(Stores& stores, AuditLog& audit) {
  return {stores.accounts(),   stores.factors(),  stores.devices(), stores.sessions(),
          stores.challenges(), stores.failures(), stores.links(),   audit};
}

PostSetup post_setup(DaemonContext& context, const AuthdConfig& config, const Outbound& outbound) {
  PostSetup post;
  post.service = config.branding.name;
  if (config.mail) {
    post.email =
        make_email_sender(*config.mail, {outbound.client, outbound.resolver, context.clock, context.random});
    post.from = config.mail->from;
    post.email_timeout = config.mail->timeout;
  }
  if (config.sms) {
    post.sms = make_sms_sender(config.sms->provider, outbound.client, context.clock);
    post.sms_from = config.sms->provider.from;
    post.sms_timeout = config.sms->timeout;
  }
  return post;
}

}  // namespace

Result<AuthCore::Foundation> AuthCore::lay(DaemonContext& context, const AuthdConfig& config,
                                           const Outbound& outbound) {
  auto database = open_auth_database(
      {.storage_path = context.flags.storage_path, .dsn = context.flags.storage_dsn}, context.files);
  if (!database) return fail(database);
  Result<AuthdSecrets> secrets = load_secrets({.storage_path = context.flags.storage_path,
                                               .environment = secret_environment(),
                                               .vault = config.secrets.vault},
                                              {context.files, context.random, &outbound.client});
  if (!secrets) return fail(secrets);
  auto stores = std::make_unique<Stores>(**database, StoreKeys{secrets->sealing, secrets->audit},
                                         context.random, context.clock);
  const Result<void> fit = check_keys_fit(**database, stores->vault(), secrets->audit);
  if (!fit) return fail(fit);
  auto anchor = open_anchor(context, **database, secrets->audit);
  if (!anchor) return fail(anchor);
  const Result<void> same = check_key_marks(**database, {secrets->api_keys, secrets->otp});
  if (!same) return fail(same);
  auto keys = SigningKeyKeeper::start(stores->signing_keys(), context.clock, key_policy(config.tokens));
  if (!keys) return fail(keys, "signing keys");
  auto rules = LoginRules::make(config.login, context.files);
  if (!rules) return fail(rules);
  return Foundation{.database = std::move(*database),
                    .secrets = std::move(*secrets),
                    .anchor = std::move(*anchor),
                    .stores = std::move(stores),
                    .keys = std::move(*keys),
                    .rules = std::move(*rules)};
}

/// Refuses a database whose audit log is shorter than this replica has seen it.
Result<std::unique_ptr<AuditAnchor>> AuthCore::open_anchor(DaemonContext& context, sql::Database& database,
                                                           const Secret& key) {
  auto anchor = std::make_unique<AuditAnchor>(context.files, context.flags.storage_path, key);
  const auto lost = anchor->compare(database);
  if (!lost) return fail(lost);
  if (*lost) return fail(ErrorKind::Corrupt, anchor_complaint(**lost, anchor->path()));
  if (const Result<void> advanced = anchor->advance(database); !advanced)
    context.log.warn("the audit anchor is not written", {{"error", advanced.error()}});
  return anchor;
}

Result<std::shared_ptr<AuthCore>> AuthCore::open(DaemonContext& context, const AuthdConfig& config,
                                                 const Outbound& outbound) {
  Result<Foundation> foundation = lay(context, config, outbound);
  if (!foundation) return fail(foundation);
  return std::shared_ptr<AuthCore>(new AuthCore(context, config, outbound, std::move(*foundation)));
}

AuthCore::AuthCore(DaemonContext& context, const AuthdConfig& config, const Outbound& outbound,
                   Foundation foundation)
    : context_(context),
      outbound_(outbound),
      started_with_(config),
      base_(std::move(foundation)),
      audit_file_(config.audit.file),
      audit_(base_.stores->audit(), audit_file_, context.registry, context.log,
             [this] { return base_.anchor->compare(*base_.database); }),
      ids_(context.clock, context.random),
      limits_(config.ratelimit, context.clock),
      guards_({base_.stores->blocks(), base_.stores->user_limits(), base_.stores->failures()}, limits_.gate(),
              context.clock),
      ended_(base_.stores->accounts(), context.clock, kept_for(config.tokens), kStale),
      sessions_({base_.stores->accounts(), base_.stores->sessions(), ended_, base_.keys->keys(), ids_,
                 context.random, context.clock},
                config.tokens, config.sessions),
      identities_({base_.stores->accounts(), base_.stores->sessions(), base_.stores->api_keys(), ended_,
                   base_.keys->keys(), context.clock, base_.secrets.api_keys},
                  config.tokens, config.sessions),
      kdf_(config.kdf, context.clock, context.registry),
      login_(login_stores(*base_.stores, audit_),
             {kdf_, context.scheduler, context.clock, context.random, ids_, context.registry, context.log,
              limits_.gate()},
             {base_.secrets.otp}, base_.rules, config.kdf, post_setup(context, config, outbound),
             [this](const Opening& opening) { return sessions_.open(opening); }),
      probe_(*base_.database, context.clock),
      session_collector_(sessions_, identities_, *base_.keys),
      audit_retention_ms_(std::chrono::duration_cast<milliseconds>(config.audit.retention).count()),
      upkeep_({context.scheduler, context.registry, context.log}) {
  Stores& stores = *base_.stores;
  http_ = std::make_shared<const HttpParts>(HttpParts{.login = login_.login(),
                                                      .enrolment = login_.enrolment(),
                                                      .recovery = login_.recovery(),
                                                      .contacts = login_.contacts(),
                                                      .phones = login_.phones(),
                                                      .attempts = login_.gate(),
                                                      .tries = login_.tries(),
                                                      .known = login_.devices(),
                                                      .sessions = sessions_,
                                                      .identities = identities_,
                                                      .ended = ended_,
                                                      .accounts = stores.accounts(),
                                                      .factors = stores.factors(),
                                                      .devices = stores.devices(),
                                                      .session_store = stores.sessions(),
                                                      .guards = guards_,
                                                      .api_keys = stores.api_keys(),
                                                      .audit = audit_,
                                                      .gate = limits_.gate(),
                                                      .keys = base_.keys->keys(),
                                                      .ids = ids_,
                                                      .random = context.random,
                                                      .clock = context.clock,
                                                      .log = context.log,
                                                      .api_key_mac = base_.secrets.api_keys,
                                                      .limits_are_remote = limits_.is_remote()});
}

AuthCore::~AuthCore() {
  stop();
}

void AuthCore::start() {
  if (const Result<void> polled = ended_.poll(); !polled)
    context_.log.warn("the store does not answer yet", {{"error", polled.error()}});
  if (const Result<void> taken = guards_.exchange(); !taken)
    context_.log.warn("blocks and limits are not loaded yet", {{"error", taken.error()}});
  tell_first_owner();
  plan_upkeep();
}

void AuthCore::plan_upkeep() {
  upkeep_.every(milliseconds(250), "ended_grants", [this] { return ended_.poll(); });
  upkeep_.every(seconds(3), "write_probe", [this] { return probe_.run(); });
  if (limits_.is_remote()) upkeep_.every(seconds(1), "redis", [this] { return limits_.reach(); });
  upkeep_.every(seconds(1), "guards", [this] { return guards_.exchange(); });
  upkeep_.every(seconds(1), "audit_anchor", [this] { return base_.anchor->advance(*base_.database); });
  upkeep_.every(seconds(10), "signing_keys", [this] { return base_.keys->tick(); });
  upkeep_.every(seconds(10), "session_touches", [this] { return identities_.flush_touches(); });
  upkeep_.every(seconds(60), "key_uses", [this] { return identities_.flush_key_uses(); });
  upkeep_.every(seconds(15), "session_count", [this] { return sessions_.count_active(); });
  upkeep_.every(seconds(15), "lockout_count", [this] { return login_.gate().count_active(); });
  upkeep_.every(hours(1), "prune", [this] { return prune(); });
}

std::string AuthCore::store_fault() const {
  const std::string unwritten = probe_.failure();
  if (!ended_.is_fresh() || (!unwritten.empty() && ended_.has_failed()))
    return "the database does not answer: " + ended_.failure();
  return unwritten.empty() ? "" : "the database cannot be written: " + unwritten;
}

void AuthCore::stop() {
  upkeep_.stop();
  if (const Result<void> flushed = identities_.flush_all(); !flushed)
    context_.log.warn("last uses were not written", {{"error", flushed.error()}});
  if (const Result<void> advanced = base_.anchor->advance(*base_.database); !advanced)
    context_.log.warn("the audit anchor is not written", {{"error", advanced.error()}});
}

Result<void> AuthCore::reload(const AuthdConfig& config) {
  auto rules = LoginRules::make(config.login, context_.files);
  if (!rules) return fail(rules);
  login_.reload(*rules);
  login_.post().reload(post_setup(context_, config, outbound_));
  audit_file_.reload(config.audit.file);
  limits_.reload(config.ratelimit);
  sessions_.reload(config.tokens, config.sessions);
  identities_.reload(config.tokens, config.sessions);
  base_.keys->reload(key_policy(config.tokens));
  ended_.keep_for(kept_for(config.tokens));
  audit_retention_ms_ = std::chrono::duration_cast<milliseconds>(config.audit.retention).count();
  const std::vector<std::string> waiting = waits_for_restart(started_with_, config);
  if (!waiting.empty())
    context_.log.warn("some of the new settings wait for a restart", {{"settings", join(waiting, ", ")}});
  return {};
}

std::vector<Collector*> AuthCore::collectors() {
  return {&limits_.collector(), &session_collector_};
}

void AuthCore::tell_first_owner() {
  const Result<std::optional<FirstOwnerOffer>> offer = login_.recovery().offer_first_owner();
  if (!offer) {
    context_.log.warn("cannot see whether there is an owner", {{"error", offer.error()}});
    return;
  }
  if (!*offer) return;
  // The one secret that is printed: it works once, for a day, and only while there is no owner.
  context_.log.warn("there is no owner yet: open this link, or use authctl user create --role owner",
                    {{"link", (*offer)->link.reveal()}});
}

Result<void> AuthCore::prune() {
  Stores& stores = *base_.stores;
  const WallTime now = context_.clock.wall();
  const WallTime old = now - kRowsKept;
  for (const Result<std::int64_t>& pruned :
       {stores.sessions().prune(old), stores.challenges().prune(old), stores.devices().prune(old),
        stores.links().prune(old), stores.failures().prune(now - kFailuresKept, now),
        stores.blocks().prune(now), stores.api_keys().prune_usage(now - hours(24 * 30)), ended_.prune()}) {
    if (!pruned) return fail(pruned);
  }
  const milliseconds retention(audit_retention_ms_.load());
  if (retention == milliseconds::zero()) return {};
  const Result<std::int64_t> dropped = audit_.drop_before(now - retention);
  if (!dropped) return fail(dropped);
  return {};
}

}  // namespace picket::authd
