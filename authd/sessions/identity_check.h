// Believes a token, a cookie or an API key, or does not. An access token that was seen before costs a hash
// and two look-ups in memory and never a database; a cookie or an API key asks the store when it is first
// seen, and then lives in memory for a few seconds at a time. Safe from any thread.
#pragma once

#include <array>
#include <atomic>
#include <optional>
#include <string_view>

#include "authd/sessions/api_key_check.h"
#include "authd/sessions/cookie_check.h"
#include "authd/sessions/session_config.h"
#include "authd/sessions/token_check.h"

namespace picket::authd {

enum class CheckResult : std::uint8_t { Believed, Denied, Unavailable };
std::string_view to_string(CheckResult result);  ///< "believed", "denied", "unavailable": label values

inline constexpr std::array kVias{Via::AccessToken, Via::Cookie, Via::ApiKey};
inline constexpr std::array kCheckResults{CheckResult::Believed, CheckResult::Denied,
                                          CheckResult::Unavailable};

struct IdentityParts {
  AccountStore& accounts;
  SessionStore& sessions;
  ApiKeyStore& api_keys;
  const EndedGrants& ended;
  const PublishedKeys& keys;
  const Clock& clock;
  Secret api_key_mac;  ///< the key of make_api_key()
};

class IdentityCheck {
 public:
  /// `tokens.issuer` is filled in. What the parts name must outlive it.
  IdentityCheck(const IdentityParts& parts, const TokenConfig& tokens, const SessionConfig& sessions);

  /// Denied (not believed: 401, with no word why), Unavailable (the store must be asked and is away, or
  /// EndedGrants is not fresh: 503, which every proxy takes as "no").
  Result<Identity> by_access_token(std::string_view token);
  Result<Identity> by_cookie(std::string_view cookie);
  Result<Identity> by_api_key(std::string_view key);

  /// The same answers out of memory, in microseconds and without waiting: nothing where the store would have
  /// to be asked or a signature verified. Those who must not block ask these first.
  std::optional<Result<Identity>> by_seen_token(std::string_view token);
  std::optional<Result<Identity>> by_seen_cookie(std::string_view cookie);
  std::optional<Result<Identity>> by_seen_api_key(std::string_view key);

  /// What the forms of a cookie's session must bring; "" when the cookie names none that is known.
  Secret csrf_of(std::string_view cookie) { return cookies_.csrf_of(cookie); }

  /// Writes when sessions were used, each once a minute or so. Called by the scheduler every 10 s or so, on a
  /// pool: what is not written yet another replica does not know.
  Result<void> flush_touches();
  /// Writes how often API keys were used. Called by the scheduler once a minute, on a pool.
  Result<void> flush_key_uses();
  /// At stop, when nothing is checked any more: writes all that is left.
  Result<void> flush_all();

  /// The cache of tokens keeps its size.
  void reload(const TokenConfig& tokens, const SessionConfig& sessions);
  std::uint64_t count(Via via, CheckResult result) const;
  TokenCacheCounts token_cache() const { return tokens_.cache(); }

 private:
  template <class Check>
  Result<Identity> run(Via via, Check& check, std::string_view text);
  template <class Check>
  std::optional<Result<Identity>> run_seen(Via via, Check& check, std::string_view text);
  void count(Via via, const Result<Identity>& identity);

  const EndedGrants& ended_;
  TokenCheck tokens_;
  CookieCheck cookies_;
  ApiKeyCheck api_keys_;
  std::array<std::array<std::atomic<std::uint64_t>, kCheckResults.size()>, kVias.size()> counts_{};
};

}  // namespace picket::authd
