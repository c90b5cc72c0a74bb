#include "tools/demo/traffic/calls.h"

#include <fmt/format.h>

#include <array>

#include "base/json/json.h"
#include "tools/demo/incidents.h"

namespace picket::demo {
namespace {

constexpr std::uint64_t kTicksASecond = 4;
constexpr std::uint64_t kLoginEvery = 240 * kTicksASecond;  ///< of one visitor
constexpr std::string_view kWrong = "not the password of anybody 1";

struct Pattern {
  Site site;
  std::string_view path;
};
/// What scanners ask for; the filter of authd takes it for what it is. The old shop answers everything.
constexpr std::array kAttacks{
    Pattern{Site::Shop, "/products?id=1%27%20OR%20%271%27%3D%271"},
    Pattern{Site::Shop, "/search?q=%3Cscript%3Ealert(document.cookie)%3C%2Fscript%3E"},
    Pattern{Site::Shop, "/search?q=1%20UNION%20SELECT%20username%2Cpassword%20FROM%20users--"},
    Pattern{Site::Shop, "/products?file=..%2F..%2F..%2F..%2Fetc%2Fpasswd"},
    Pattern{Site::Shop, "/search?q=%3B%20cat%20%2Fetc%2Fpasswd"},
    Pattern{Site::Old, "/list?id=1%27%20OR%20%271%27%3D%271"},
    Pattern{Site::Shop, "/shop?page=php%3A%2F%2Ffilter%2Fconvert.base64-encode%2Fresource%3Dindex"},
    Pattern{Site::Shop, "/products?url=http%3A%2F%2F169.254.169.254%2Flatest%2Fmeta-data%2F"},
    Pattern{Site::Shop, "/.env"},
    Pattern{Site::Shop, "/search?q=%7B%7B7*7%7D%7D"},
    Pattern{Site::Old, "/list?page=..%2F..%2F..%2Fetc%2Fpasswd"},
    Pattern{Site::Shop, "/wp-login.php"},
};
constexpr std::array<std::string_view, 3> kAttackers{"198.51.100.7", "198.51.100.23", "198.51.100.99"};
constexpr std::array<std::string_view, 5> kPages{"/shop", "/products", "/products/hammer", "/search?q=nails",
                                                 "/products/screws"};

bool every(std::uint64_t tick, std::uint64_t seconds) {
  return tick % (seconds * kTicksASecond) == 0;
}

std::string login_body(std::string_view name) {
  return to_json(nlohmann::json{{"username", name}, {"password", kWrong}});
}

/// Four a second: two views of strangers, one of somebody who is logged in, and a checkout.
Call page_view(std::uint64_t tick, std::size_t visitors) {
  const std::size_t who = tick / kTicksASecond % visitors;
  Call call{.path = std::string(kPages[tick / 2 % kPages.size()]), .client = address_of_visitor(who + 40)};
  if (tick % kTicksASecond < 2) return call;
  call.client = address_of_visitor(who);
  call.visitor = who;
  call.path = tick / kTicksASecond % 3 == 0 ? "/account" : "/cart";
  if (tick % kTicksASecond == 3) {
    call.method = Method::Post;
    call.path = "/checkout";
    call.body = "{}";
  }
  return call;
}

Call attack(std::uint64_t number) {
  const Pattern& pattern = kAttacks[number % kAttacks.size()];
  return {.site = pattern.site,
          .path = std::string(pattern.path),
          .client = std::string(kAttackers[number / 40 % kAttackers.size()]),
          .user_agent = number % 3 == 0 ? "sqlmap/1.7 (https://sqlmap.org)" : "Mozilla/5.0 zgrab/0.x"};
}

Call failing_login(std::string_view account, std::string client) {
  return {.site = Site::Logins,
          .method = Method::Post,
          .path = "/api/v1/auth/login",
          .client = std::move(client),
          .body = login_body(account)};
}

Call guess(std::string account, std::string client) {
  return {
      .site = Site::Old, .path = "/admin/", .client = std::move(client), .basic_user = std::move(account)};
}

void add_password_attacks(std::vector<Call>& calls, std::uint64_t tick, Duration at) {
  const std::uint64_t second = tick / kTicksASecond;
  if (goes_on(Incident::GuessedPasswords, at) && every(tick, 2))
    calls.push_back(guess("admin", "198.51.100.66"));
  if (goes_on(Incident::SprayedPasswords, at) && every(tick, 4))
    calls.push_back(guess(fmt::format("clerk{}", second / 4 % 30), "198.51.100.77"));
  // Of different networks: authd counts them apart.
  if (goes_on(Incident::StuffedPasswords, at) && every(tick, 2)) {
    calls.push_back(failing_login(fmt::format("customer{}", second / 2 % 90),
                                  fmt::format("192.0.2.{}", 10 + second / 2 % 70)));
  }
}

}  // namespace

std::vector<Call> calls_due(std::uint64_t tick, std::size_t visitors) {
  const Duration at = kTick * static_cast<std::int64_t>(tick);
  std::vector<Call> calls{page_view(tick, visitors)};
  if (every(tick, 50)) {  // somebody mistypes
    calls.push_back(failing_login(fmt::format("vistor{}", 1 + tick / 200 % 8),
                                  address_of_visitor(100 + tick / 200 % 20)));
  }
  if (goes_on(Incident::Attacks, at) && every(tick, 1)) calls.push_back(attack(tick / kTicksASecond));
  add_password_attacks(calls, tick, at);
  if (goes_on(Incident::LargeDownload, at) && every(tick, 30))
    calls.push_back({.path = "/catalogue", .client = "198.51.100.142", .user_agent = "curl/8.5.0"});
  return calls;
}

std::optional<std::size_t> login_due(std::uint64_t tick, std::size_t visitors) {
  const std::uint64_t apart = tick < kLoginEvery / 4 ? kTicksASecond : kLoginEvery / visitors;
  if (tick % apart != 0) return std::nullopt;
  const std::uint64_t number = tick / apart;
  if (tick < kLoginEvery / 4 && number >= visitors) return std::nullopt;
  return number % visitors;
}

std::optional<TheftStep> theft_due(std::uint64_t tick) {
  const auto began = [tick](std::chrono::seconds ago) {
    const Duration at = kTick * static_cast<std::int64_t>(tick) - ago;
    return goes_on(Incident::StolenToken, at) && !goes_on(Incident::StolenToken, at - kTick);
  };
  const Device owner{address_of_visitor(90)};
  if (began(std::chrono::seconds(0))) return TheftStep{owner, true};
  if (began(std::chrono::seconds(10))) return TheftStep{owner};
  if (began(std::chrono::seconds(40))) return TheftStep{{"198.51.100.31", "curl/8.5.0"}};
  return std::nullopt;
}

std::string address_of_visitor(std::size_t visitor) {
  return fmt::format("203.0.113.{}", 10 + visitor % 200);
}

}  // namespace picket::demo
