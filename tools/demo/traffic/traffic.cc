#include "tools/demo/traffic/traffic.h"

#include "base/json/json.h"
#include "base/text/encoding.h"

namespace picket::demo {
namespace {

constexpr Bytes kLargest = 64_MiB;

std::string text_of(const std::string& json, const char* key) {
  const auto parsed = parse_json(json);
  if (!parsed || !parsed->is_object()) return "";
  const auto found = parsed->find(key);
  return found == parsed->end() || !found->is_string() ? "" : found->get<std::string>();
}

}  // namespace

Traffic::Traffic(TrafficOptions options, std::vector<Account> accounts, CurlClient& client)
    : options_(std::move(options)), accounts_(std::move(accounts)), client_(client) {}

void Traffic::tick() {
  const std::size_t visitors = accounts_.size() - 1;
  if (const auto visitor = login_due(tick_, visitors)) log_in(*visitor);
  for (const Call& call : calls_due(tick_, visitors)) send(call);
  play_theft();
  ++tick_;
}

void Traffic::send(const Call& call) {
  client_.send_async(request_of(call), [](const ClientResponse&) {});
}

OutboundRequest Traffic::request_of(const Call& call) {
  const std::string& origin = call.site == Site::Shop     ? options_.shop
                              : call.site == Site::Logins ? options_.logins
                                                          : options_.old;
  OutboundRequest request;
  request.method = call.method;
  request.url = origin + call.path;
  request.body = call.body;
  request.headers.add("X-Forwarded-For", call.client);
  request.headers.add("User-Agent", call.user_agent);
  if (!call.body.empty()) request.headers.add("Content-Type", "application/json");
  if (!call.basic_user.empty())
    request.headers.add("Authorization", "Basic " + base64_encode(call.basic_user + ":wrong"));
  if (call.visitor) {
    const MutexLock lock(mutex_);
    if (const auto cookie = cookies_.find(*call.visitor); cookie != cookies_.end())
      request.headers.add("Cookie", cookie->second);
  }
  request.config.tls.ca_file = options_.ca_file;
  request.config.follow_redirects = false;
  request.max_response = kLargest;
  request.keep_body = false;
  request.timeout = std::chrono::seconds(30);
  return request;
}

OutboundRequest Traffic::request_to_authd(const std::string& path, const Device& from,
                                          std::string body) const {
  OutboundRequest request;
  request.method = Method::Post;
  request.url = options_.logins + path;
  request.body = std::move(body);
  request.headers = {{"Content-Type", "application/json"},
                     {"Origin", options_.logins},
                     {"X-Forwarded-For", from.address},
                     {"User-Agent", from.user_agent}};
  request.config.tls.ca_file = options_.ca_file;
  request.timeout = std::chrono::seconds(30);
  return request;
}

void Traffic::log_in(std::size_t visitor) {
  const Account& account = accounts_[visitor];
  const std::string body = to_json(nlohmann::json{
      {"username", account.name}, {"password", account.password.reveal()}, {"mode", "cookie"}});
  client_.send_async(request_to_authd("/api/v1/auth/login", {address_of_visitor(visitor)}, body),
                     [this, visitor](const ClientResponse& answer) {
                       const std::string field = answer.response.headers.get("Set-Cookie");
                       if (answer.response.status != 200 || field.empty()) return;
                       const MutexLock lock(mutex_);
                       cookies_[visitor] = field.substr(0, field.find(';'));
                     });
}

void Traffic::play_theft() {
  const auto step = theft_due(tick_);
  if (!step) return;
  if (step->logs_in) {
    begin_theft(step->from);
  } else {
    show_stolen(step->from);
  }
}

void Traffic::begin_theft(const Device& owner) {
  const Account& account = accounts_.back();
  const std::string body =
      to_json(nlohmann::json{{"username", account.name}, {"password", account.password.reveal()}});
  client_.send_async(request_to_authd("/api/v1/auth/login", owner, body),
                     [this](const ClientResponse& answer) {
                       const MutexLock lock(mutex_);
                       stolen_ = text_of(answer.response.body, "refresh_token");
                     });
}

void Traffic::show_stolen(const Device& from) {
  std::string token;
  {
    const MutexLock lock(mutex_);
    token = stolen_;
  }
  if (token.empty()) return;
  const std::string body = to_json(nlohmann::json{{"refresh_token", token}});
  client_.send_async(request_to_authd("/api/v1/auth/refresh", from, body), [](const ClientResponse&) {});
}

}  // namespace picket::demo
