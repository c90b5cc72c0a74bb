// The whole login on both databases: real stores, sessions, gate and hashes (small ones), a clock that stands
// still, and a mailbox that keeps what was sent.
#pragma once

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include "authd/login/login_suite.h"
#include "base/metrics/exposition.h"
#include "tests/authd/ratelimit/limit_fixture.h"
#include "tests/authd/sessions/session_fixture.h"

namespace picket::authd {

using namespace std::chrono_literals;

struct Sent {
  std::string to, subject, text;
};

class Mailbox final : public EmailSender, public SmsSender {
 public:
  DeliveryResult send(const EmailMessage& message, Duration) override {
    EXPECT_TRUE(check_email(message));
    return keep({message.to.at(0), message.subject, message.text});
  }
  DeliveryResult send(const SmsMessage& message, Duration) override {
    return keep({message.to, "", message.text});
  }
  std::vector<Sent> sent() const {
    const std::scoped_lock lock(mutex_);
    return sent_;
  }
  std::vector<Sent> to(const std::string& address) const {
    std::vector<Sent> all = sent();
    std::erase_if(all, [&](const Sent& one) { return one.to != address; });
    return all;
  }
  void clear() {
    const std::scoped_lock lock(mutex_);
    sent_.clear();
  }

 private:
  DeliveryResult keep(Sent message) {
    const std::scoped_lock lock(mutex_);
    sent_.push_back(std::move(message));
    DeliveryResult result;
    result.outcome = DeliveryOutcome::Delivered;
    return result;
  }

  mutable std::mutex mutex_;
  std::vector<Sent> sent_;
};

inline constexpr std::string_view kPassword = "unhurried walnut ferry";
inline constexpr std::string_view kOtherPassword = "seventeen quiet lanterns";

class OnLogin : public OnReplicas {
 protected:
  static constexpr KdfPoolConfig kPool{.threads = 2,
                                       .max_wait = std::chrono::seconds(60),
                                       .share_per_key = 1,
                                       .first_estimate = std::chrono::milliseconds(1)};
  /// What a test puts in the place of the usual; null: the usual.
  struct SuiteOf {
    ChallengeStore* challenges = nullptr;
    FailureStore* failures = nullptr;
    KdfPool* pool = nullptr;
    KdfPoolConfig pool_config = kPool;
  };

  OnLogin() {
    config_.hashing.argon2 = {.memory_kib = 64, .passes = 1, .lanes = 1};
    config_.links.base_url = "https://auth.example.org";
    suite_ = make_suite();
  }

  std::unique_ptr<LoginSuite> make_suite() { return make_suite({}); }
  std::unique_ptr<LoginSuite> make_suite(const SuiteOf& of) {
    const LoginStores stores{stores_->accounts(),
                             stores_->factors(),
                             stores_->devices(),
                             stores_->sessions(),
                             of.challenges == nullptr ? stores_->challenges() : *of.challenges,
                             of.failures == nullptr ? stores_->failures() : *of.failures,
                             stores_->links(),
                             stores_->audit()};
    KdfPool& pool = of.pool == nullptr ? pool_ : *of.pool;
    const LoginWorld world{pool, scheduler_, clock_, random_, ids_, registry_, log_, limits_.gate};
    const PostSetup post{
        .email = mailbox_, .sms = mailbox_, .from = "Picket <auth@example.org>", .sms_from = "Picket"};
    return std::make_unique<LoginSuite>(stores, world, LoginKeys{Secret("a pepper of the test")}, rules(),
                                        of.pool_config, post,
                                        [this](const Opening& opening) { return open(opening); });
  }
  std::shared_ptr<const LoginRules> rules() const { return LoginRules::make(config_, files_).value(); }
  void reload() { suite_->reload(rules()); }

  Result<Grant> open(const Opening& opening) {
    ++opened_;
    return replica_->sessions.open(opening);
  }

  User person(const std::string& name, Role role = Role::User) {
    User made = user(name, role);
    made.email_verified = made.phone_verified = true;
    made.phone = "+14155550100";
    made.password_hash = hash_of(kPassword);
    made.password_changed_at = now();
    EXPECT_TRUE(stores_->accounts().create(made));
    return account(name);
  }
  User account(const std::string& name) { return stores_->accounts().find("id-" + name).value().value(); }
  std::string hash_of(std::string_view password) {
    return PasswordHash::make(*OpaqueString::prepare(password), config_.hashing, random_)->text();
  }
  /// Confirmed with a step of long ago.
  TotpKey with_totp(const std::string& name) {
    TotpKey key{TotpSecret::generate(random_), {}};
    EXPECT_TRUE(stores_->factors().begin_totp("id-" + name, {Secret(key.secret.bytes()), "SHA1", 6}).value());
    EXPECT_TRUE(stores_->factors().confirm_totp("id-" + name, ++enrolled_, now()).value());
    return key;
  }
  std::vector<BackupCode> with_backup_codes(const std::string& name) {
    auto codes = BackupCode::generate(3, random_);
    std::vector<StoredBackupCode> stored;
    stored.reserve(codes.size());
    for (const BackupCode& code : codes) stored.push_back({code.slot(), code.hash(random_).value(), {}});
    EXPECT_TRUE(stores_->factors().replace_backup_codes("id-" + name, stored));
    return codes;
  }
  std::string code_of(const TotpKey& key) const { return totp_code(key, totp_step(now())); }

  static LoginContext from(const std::string& address = "192.0.2.1", const std::string& device = "") {
    LoginContext context;
    context.client = {IpAddress::parse(address).value(), "Mozilla/5.0 (test)", device};
    return context;
  }
  LoginOutcome begin(const std::string& name, std::string_view password = kPassword,
                     const LoginContext& context = from()) {
    return suite_->login().begin({name, std::string(password)}, context);
  }
  /// The challenge of a right password.
  SecondFactorRequired challenge(const std::string& name, const LoginContext& context = from()) {
    auto outcome = begin(name, kPassword, context);
    auto* required = std::get_if<SecondFactorRequired>(&outcome);
    EXPECT_NE(required, nullptr);
    return required == nullptr ? SecondFactorRequired{} : std::move(*required);
  }
  LoginOutcome complete(const SecondFactorRequired& required, const std::string& method,
                        const std::string& code, const LoginContext& context = from()) {
    return suite_->login().complete({required.challenge.reveal(), method, code, false}, context);
  }
  LoginOutcome second(const std::string& name, const std::string& method, const std::string& code,
                      const LoginContext& context = from()) {
    return complete(challenge(name, context), method, code, context);
  }
  /// The code in the last message, after the post has sent all.
  std::string last_code() {
    suite_->post().wait_until_idle();
    const auto all = mailbox_->sent();
    if (all.empty()) return "";
    const std::size_t at = all.back().text.find("code is ");
    return at == std::string::npos ? "" : all.back().text.substr(at + 8, 6);
  }
  std::string last_token() {
    suite_->post().wait_until_idle();
    const auto all = mailbox_->sent();
    const std::size_t at = all.empty() ? std::string::npos : all.back().text.find("?token=");
    if (at == std::string::npos) return "";
    const std::string rest = all.back().text.substr(at + 7);
    return rest.substr(0, rest.find_first_of(" \r\n"));
  }
  std::size_t mails() {
    suite_->post().wait_until_idle();
    return mailbox_->sent().size();
  }

  static bool is_in(const LoginOutcome& outcome) { return std::holds_alternative<LoggedIn>(outcome); }
  static std::string kind_of(const LoginOutcome& outcome) {
    if (is_in(outcome)) return "in";
    if (std::holds_alternative<SecondFactorRequired>(outcome)) return "challenge";
    const LoginRefused& refused = std::get<LoginRefused>(outcome);
    if (refused.kind == LoginRefused::Kind::Busy) return "busy";
    if (refused.kind == LoginRefused::Kind::Unavailable) return "unavailable";
    if (refused.kind == LoginRefused::Kind::Limited) return "limited";
    if (refused.kind == LoginRefused::Kind::Foreign) return "foreign";
    return refused.retry_after == 0s ? "denied" : "denied with a time";
  }
  std::string metrics() {
    ExpositionWriter writer(ExpositionFormat::Text004, {});
    const auto collection = registry_.collect();
    while (collection->step(writer)) {
    }
    writer.finish();
    return writer.out();
  }
  /// Value of a series; -1 when there is none.
  double value(const std::string& series) {
    const std::string text = "\n" + metrics();
    const std::size_t at = text.find("\n" + series + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + series.size() + 2));
  }
  double attempts(const std::string& factor, const std::string& reason) {
    return value(fmt::format("authd_login_attempts_total{{factor=\"{}\",reason=\"{}\",result=\"{}\"}}",
                             factor, reason, reason == "none" ? "success" : "failure"));
  }
  double hashes() { return value("authd_kdf_duration_seconds_count{alg=\"argon2id\"}"); }
  std::vector<AuditRow> audit(const std::string& action) {
    return stores_->audit().query({.action = action}).value();
  }

  RealFiles files_;
  MetricRegistry registry_;
  std::mutex lines_mutex_;
  std::vector<std::string> lines_;  ///< of the log
  Logger log_{{}, clock_, [this](std::string_view line) {
                const std::scoped_lock lock(lines_mutex_);
                lines_.emplace_back(line);
              }};
  test::ManualScheduler scheduler_;  ///< ticks alone: the time is clock_'s
  LimitFixture limits_{clock_};
  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  Ids ids_{clock_, random_};
  KdfPool pool_{kPool, clock_, registry_};
  LoginConfig config_;
  std::unique_ptr<Replica> replica_ = replica();
  std::atomic<int> opened_ = 0;  ///< sessions
  std::int64_t enrolled_ = 0;
  std::unique_ptr<LoginSuite> suite_;
};

inline const auto kEmbedded = testing::Values(sql::Engine::Sqlite);

}  // namespace picket::authd
