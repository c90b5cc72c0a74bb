// What every request of the API goes through before its action: the client's address, blocks and limits, the
// identity behind its token, cookie or key, for cookies the proof that no other site sent it, and whether the
// route admits such a caller. What leaves carries the limit fields and forbids caches. There before the store
// is open: until then every answer is 503. Safe from any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "authd/http/access.h"
#include "authd/http/proxy_watch.h"
#include "authd/http/visit.h"
#include "base/exec/mutex.h"
#include "base/http/router.h"

namespace picket::authd {

class Front {
 public:
  /// What a browser sees where a request of a page could not be answered.
  using FailurePage = Response (*)(const FrontConfig& config, const picket::Target& target,
                                   const Error& error);

  /// `proxies` must outlive it.
  Front(ProxyWatch& proxies, FailurePage failure_page) : proxies_(proxies), failure_page_(failure_page) {}

  /// For whom `access` admits. Used by RouteTable.
  Handler serve(const Access& access, Action action);

  /// For what needs no store: as it is, with the fields that tell browsers what they may do.
  Handler plain(Handler handler);
  /// The answer to a preflight of a script of another origin.
  std::optional<Response> preflight(const Request& request) const;

  /// The visit that a request begins: its client, nobody yet.
  Visit visit_of(const Request& request) const;
  /// Before the first request. Later again, at each reload.
  void reload(std::shared_ptr<const FrontConfig> config) EXCLUDES(mutex_);
  /// The store is open (or, with null, going away).
  void open(std::shared_ptr<const HttpParts> parts) EXCLUDES(mutex_);
  std::shared_ptr<const FrontConfig> config() const EXCLUDES(mutex_);
  std::shared_ptr<const HttpParts> parts() const EXCLUDES(mutex_);

 private:
  Response answer(const Request& request, const Access& access, const Action& action) const;
  Response run(const Request& request, const Access& access, const Action& action) const;
  /// Of a request that the limits let in.
  static Response admitted(const HttpParts& parts, Visit& visit, const Access& access, const Action& action);

  /// A page for browsers, the problem for programs.
  Response failed(const FrontConfig& config, const Request& request, const Error& error) const;

  ProxyWatch& proxies_;
  const FailurePage failure_page_;
  mutable Mutex mutex_;
  std::shared_ptr<const FrontConfig> config_ GUARDED_BY(mutex_);
  std::shared_ptr<const HttpParts> parts_ GUARDED_BY(mutex_);
};

/// Who sent it; nobody when nothing was presented. Denied, Unavailable.
Result<std::optional<Identity>> identity_of(const HttpParts& parts, const FrontConfig& config,
                                            const Request& request);
/// The same out of memory; nothing where the store would have to be asked or a signature verified.
std::optional<Result<std::optional<Identity>>> seen_identity_of(const HttpParts& parts,
                                                                const FrontConfig& config,
                                                                const Request& request);
/// It is `identity`'s request.
void identify(Visit& visit, const std::optional<Identity>& identity);
/// Takes in what shows the device, a token or the cookies: for logins and refreshes, which it serves.
void recognise(const HttpParts& parts, Visit& visit, const std::string& presented);
/// 403 for an owner from elsewhere than his networks, written down.
Response kept_out(const HttpParts& parts, const Visit& visit, const std::string& user_id);
/// 503 until the store is open.
Response not_open();
/// 429 and 403 of the gate.
Response turned_away(const GateAnswer& answer, WallTime now);

}  // namespace picket::authd
