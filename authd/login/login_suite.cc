#include "authd/login/login_suite.h"

#include "base/crypto/digest.h"

namespace picket::authd {
namespace {

constexpr Duration kLastMails = std::chrono::seconds(10);

Secret key_for(const LoginKeys& keys, std::string_view use) {
  check(!keys.pepper.empty(), "the login needs a pepper");
  return Secret(hmac_sha256(keys.pepper.reveal(), use));
}

}  // namespace

LoginSuite::LoginSuite(const LoginStores& s, const LoginWorld& w, const LoginKeys& keys,
                       const std::shared_ptr<const LoginRules>& rules, const KdfPoolConfig& pool,
                       PostSetup post, OpenSession open_session)
    : settings_(rules),
      journal_(s.audit, w.clock, w.registry, w.log),
      tries_(w.limits, w.clock, w.log),
      gate_({s.failures, tries_, w.clock, w.registry, w.log}, rules->config.lockout),
      devices_({s.devices, w.ids, w.random, w.clock}, key_for(keys, "picket device marks 1")),
      post_(std::move(post), {w.scheduler, w.clock, w.random, w.registry, w.log}),
      caps_(s.failures, w.clock, settings_, key_for(keys, "picket login caps 1")),
      passwords_({s.accounts, gate_, devices_, w.pool, journal_, settings_, w.random, w.clock}, pool,
                 key_for(keys, "picket login names 1")),
      codes_({gate_, devices_, journal_, post_, settings_, w.clock}),
      factors_({s.factors, post_, settings_, w.clock}, key_for(keys, "picket login codes 1")),
      challenges_({s.challenges, s.accounts, factors_, caps_, post_, settings_, w.random, w.clock}),
      login_({s.accounts, s.sessions, passwords_, gate_, codes_, factors_, challenges_, devices_, journal_,
              post_, settings_, w.clock, std::move(open_session)}),
      enrolment_({s.factors, s.sessions, codes_, journal_, post_, settings_, w.random, w.clock}),
      links_({s.links, tries_, settings_, w.random, w.clock}),
      recovery_({s.accounts, s.sessions, links_, s.factors, login_, passwords_, challenges_, devices_, caps_,
                 tries_, post_, journal_, settings_, w.ids, w.clock}),
      contacts_({s.accounts, links_, caps_, post_, journal_, settings_, w.clock}),
      phones_({s.accounts, s.challenges, codes_, caps_, post_, journal_, settings_, w.random, w.clock},
              key_for(keys, "picket phone codes 1")) {}

/// What the post still makes, it makes with the parts that were put together after it.
LoginSuite::~LoginSuite() {
  post_.hurry(kLastMails);
  post_.wait_until_idle();
}

void LoginSuite::reload(std::shared_ptr<const LoginRules> rules) {
  gate_.reload(rules->config.lockout);
  settings_.publish(std::move(rules));
}

}  // namespace picket::authd
