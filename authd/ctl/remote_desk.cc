#include "authd/ctl/remote_desk.h"

#include <httplib.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "authd/secrets/private_file.h"
#include "base/json/json.h"
#include "base/net/ip_address.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

using Json = nlohmann::json;

constexpr time_t kTimeoutSeconds = 15;
constexpr int kPage = 500;
constexpr std::size_t kAnswerShownMax = 200;

struct Place {
  std::string origin, prefix;
};

bool is_loopback(std::string_view authority) {
  std::string_view host = authority.substr(0, authority.find_last_of(':'));
  if (authority.starts_with('[')) host = authority.substr(1, authority.find(']') - 1);
  const auto address = IpAddress::parse(host);
  if (!address) return host == "localhost";
  constexpr std::uint8_t kLoopbackNet = 127;
  const bool is_v4 = address->unmapped().family() == IpAddress::Family::V4;
  return is_v4 ? address->unmapped().bytes()[0] == kLoopbackNet : address->text() == "::1";
}

Result<Place> place_of(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  const bool is_tls = url.starts_with("https://");
  if (!is_tls && !url.starts_with("http://")) {
    return fail(ErrorKind::InvalidInput, "--url must begin with https:// or http://");
  }
  const std::size_t host = url.find("//") + 2;
  const std::size_t slash = std::min(url.find('/', host), url.size());
  const std::string_view authority = url.substr(host, slash - host);
  if (authority.empty() || authority.find('@') != std::string_view::npos) {
    return fail(ErrorKind::InvalidInput, "--url must be like https://auth.example.org");
  }
  if (!is_tls && !is_loopback(authority)) {
    return fail(ErrorKind::InvalidInput, "--url: http:// would show the token to the network; use https://");
  }
  return Place{std::string(url.substr(0, slash)), std::string(url.substr(slash))};
}

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

AccountRow account_of(const Json& user) {
  AccountRow row;
  row.id = text_of(user, "id");
  row.username = text_of(user, "username");
  row.email = text_of(user, "email");
  row.phone = text_of(user, "phone");
  row.role = text_of(user, "role");
  row.status = text_of(user, "status");
  row.has_second_factor = user.value("has_second_factor", Json(false)) == Json(true);
  row.created_at = text_of(user, "created_at");
  row.last_login_at = text_of(user, "last_login_at");
  row.locked_until = text_of(user, "locked_until");
  row.is_link_mailed = user.value("link_mailed", Json(true)) != Json(false);
  return row;
}

/// The list of an answer: itself, or its member `name`.
const Json& list_in(const Json& answer, const char* name) {
  static const Json none = Json::array();
  if (answer.is_array()) return answer;
  const auto found = answer.is_object() ? answer.find(name) : answer.end();
  return answer.is_object() && found != answer.end() && found->is_array() ? *found : none;
}

void add_accounts(const Json& answer, std::vector<AccountRow>& rows) {
  for (const Json& user : list_in(answer, "users")) {
    if (user.is_object()) rows.push_back(account_of(user));
  }
}

/// The page of users behind the one that ended with `after`.
std::string page_path(const AccountFilter& filter, const std::string& after) {
  std::string path = fmt::format("/users?limit={}", kPage);
  const auto add = [&path](std::string_view name, const std::string& value) {
    if (!value.empty()) path += fmt::format("&{}={}", name, percent_encode(value));
  };
  add("role", filter.role);
  add("status", filter.status);
  add("after", after);
  return path;
}

ErrorKind kind_of(int status) {
  switch (status) {
    case 401:
    case 403:
      return ErrorKind::Denied;
    case 404:
      return ErrorKind::NotFound;
    case 409:
      return ErrorKind::Conflict;
    default:
      return status >= 500 || status == 429 ? ErrorKind::Unavailable : ErrorKind::InvalidInput;
  }
}

/// RFC 9457: title and detail.
Failure problem_of(int status, const std::string& body) {
  const Json problem = parse_json(body).value_or(Json());
  std::string text = problem.is_object() ? text_of(problem, "title") : "";
  const std::string detail = problem.is_object() ? text_of(problem, "detail") : "";
  if (!detail.empty()) text += (text.empty() ? "" : ": ") + detail;
  if (text.empty()) text = truncate(repair_utf8(body), kAnswerShownMax);
  if (status == 401) text += " (is the token of --token-file still good?)";
  return fail(kind_of(status), fmt::format("authd answered {} {}", status, text));
}

/// Why there is no answer, for people.
std::string_view cause_of(httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection:
      return "cannot connect: is authd running and listening there?";
    case httplib::Error::ConnectionTimeout:
      return "nothing there takes the connection in time";
    case httplib::Error::Read:
    case httplib::Error::Write:
      return "the connection ended, or no answer came within 15 s";
    case httplib::Error::SSLConnection:
      return "no TLS connection: does the server speak HTTPS at this port?";
    case httplib::Error::SSLLoadingCerts:
      return "the certificates of --ca-file cannot be read";
    case httplib::Error::SSLServerVerification:
      return "its certificate is not trusted: is it for this name, and does --ca-file name its authority?";
    default:
      return "the request could not be sent";
  }
}

bool is_id(std::string_view name) {
  constexpr std::size_t kUuid = 36;
  return name.size() == kUuid && std::ranges::count(name, '-') == 4 &&
         name.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

bool is_named(const AccountRow& row, std::string_view name) {
  return row.id == name || iequals(row.username, name) || iequals(row.email, name);
}

std::string_view word_of(AccountAction action) {
  switch (action) {
    case AccountAction::Suspend:
      return "suspend";
    case AccountAction::Activate:
      return "activate";
    case AccountAction::Unlock:
      return "unlock";
    case AccountAction::ResetSecondFactors:
      break;
  }
  return "reset-2fa";
}

}  // namespace

Result<RemoteDesk> RemoteDesk::connect(const CtlFlags& flags) {
  auto place = place_of(flags.url);
  if (!place) return fail(place);
  if (flags.token_file.empty()) {
    return fail(ErrorKind::InvalidInput,
                "--url needs --token-file: an access token or an API key, in a file");
  }
  auto token = read_private_file(RealFiles(), flags.token_file);
  if (!token) return fail(token, "--token-file");
  return RemoteDesk(std::move(place->origin), std::move(place->prefix), std::move(*token), flags.ca_file);
}

Result<Json> RemoteDesk::call(const Call& call) const {
  httplib::Client client(origin_);
  client.set_connection_timeout(kTimeoutSeconds);
  client.set_read_timeout(kTimeoutSeconds);
  client.set_url_encode(false);
  client.set_follow_location(false);
  client.enable_server_certificate_verification(true);
  if (!ca_file_.empty()) client.set_ca_cert_path(ca_file_);
  httplib::Request request;
  request.method = call.method;
  request.path = prefix_ + "/api/v1" + call.path;
  request.headers.emplace("Authorization", "Bearer " + token_.reveal());
  request.headers.emplace("Accept", "application/json");
  request.body = call.body;
  if (!call.body.empty()) request.headers.emplace("Content-Type", "application/json");
  const httplib::Result answer = client.send(request);
  if (!answer) {
    return fail(ErrorKind::Unavailable, fmt::format("{}: {}", origin_, cause_of(answer.error())));
  }
  if (answer->status < 200 || answer->status > 299) return problem_of(answer->status, answer->body);
  Result<Json> body = parse_json(answer->body.empty() ? "{}" : answer->body);
  if (!body) return fail(ErrorKind::InvalidInput, "authd's answer is no JSON: is it authd?");
  return body;
}

Result<AccountRow> RemoteDesk::account(const Call& made) const {
  const auto answer = call(made);
  if (!answer) return fail(answer);
  if (!answer->is_object()) return fail(ErrorKind::InvalidInput, "authd's answer is no user");
  return account_of(*answer);
}

Result<std::string> RemoteDesk::path_of(const std::string& name) {
  if (is_id(name)) return "/users/" + name;
  const auto all = list({});
  if (!all) return fail(all);
  const auto found = std::ranges::find_if(*all, [&](const AccountRow& row) { return is_named(row, name); });
  if (found != all->end()) return "/users/" + percent_encode(found->id);
  return fail(ErrorKind::NotFound,
              fmt::format("there is no user \"{}\": `authctl user list` shows all", name));
}

Result<AccountRow> RemoteDesk::create(const NewAccount& wanted) {
  Json body{{"username", wanted.username}, {"email", wanted.email}, {"role", wanted.role}};
  if (!wanted.phone.empty()) body["phone"] = wanted.phone;
  return account({"POST", "/users", to_json(body)});
}

Result<std::vector<AccountRow>> RemoteDesk::list(const AccountFilter& filter) {
  std::vector<AccountRow> rows;
  std::string after;
  while (true) {
    const auto answer = call({"GET", page_path(filter, after)});
    if (!answer) return fail(answer);
    add_accounts(*answer, rows);
    const std::string next = answer->is_object() ? text_of(*answer, "next") : "";
    if (next.empty() || next == after) return rows;
    after = next;
  }
}

Result<AccountRow> RemoteDesk::show(const std::string& name) {
  const auto path = path_of(name);
  if (!path) return fail(path);
  return account({"GET", *path});
}

Result<AccountRow> RemoteDesk::act(const std::string& name, AccountAction action) {
  const auto path = path_of(name);
  if (!path) return fail(path);
  const auto done = call({"POST", fmt::format("{}/{}", *path, word_of(action))});
  if (!done) return fail(done);
  return account({"GET", *path});
}

Result<AccountRow> RemoteDesk::set_role(const std::string& name, const std::string& role, bool) {
  const auto path = path_of(name);
  if (!path) return fail(path);
  return account({"POST", *path + "/role", to_json(Json{{"role", role}})});
}

Result<void> RemoteDesk::remove(const std::string& name) {
  const auto path = path_of(name);
  if (!path) return fail(path);
  const auto done = call({"DELETE", *path});
  if (!done) return fail(done);
  return {};
}

/// authd mails it, so that nobody but its receiver sees it.
Result<PasswordLink> RemoteDesk::password_link(const std::string& name) {
  const auto path = path_of(name);
  if (!path) return fail(path);
  const auto user = account({"GET", *path});
  if (!user) return fail(user);
  const auto sent = call({"POST", *path + "/password-link"});
  if (!sent) return fail(sent);
  return PasswordLink{.mailed_to = user->email};
}

Result<std::vector<SessionRow>> RemoteDesk::sessions(const std::string& name) {
  std::string owner = "*";
  if (!name.empty()) {
    const auto path = path_of(name);
    if (!path) return fail(path);
    owner = path->substr(std::string_view("/users/").size());
  }
  const auto answer = call({"GET", "/auth/sessions?user=" + owner});
  if (!answer) return fail(answer);
  std::vector<SessionRow> rows;
  for (const Json& one : list_in(*answer, "sessions")) {
    if (!one.is_object()) continue;
    rows.push_back({text_of(one, "id"), text_of(one, "user_id"), text_of(one, "ip"),
                    text_of(one, "user_agent"), text_of(one, "created_at"), text_of(one, "last_seen_at")});
  }
  return rows;
}

Result<void> RemoteDesk::end_session(const std::string& id) {
  const auto done = call({"DELETE", "/auth/sessions/" + percent_encode(id)});
  if (!done) return fail(done);
  return {};
}

Result<std::vector<BlockRow>> RemoteDesk::blocks() {
  const auto answer = call({"GET", "/blocks"});
  if (!answer) return fail(answer);
  std::vector<BlockRow> rows;
  for (const Json& one : list_in(*answer, "blocks")) {
    if (!one.is_object()) continue;
    rows.push_back({text_of(one, "prefix"), text_of(one, "until"), text_of(one, "source"),
                    text_of(one, "reason"), one.value("sessions", Json(false)) == Json(true)});
  }
  return rows;
}

Result<void> RemoteDesk::block(const NewBlock& block) {
  const Json body{{"prefix", block.prefix},
                  {"duration", block.duration},
                  {"reason", block.reason},
                  {"sessions", block.sessions}};
  const auto done = call({"POST", "/blocks", to_json(body)});
  if (!done) return fail(done);
  return {};
}

Result<void> RemoteDesk::unblock(const std::string& prefix) {
  const auto done = call({"DELETE", "/blocks/" + percent_encode(prefix)});
  if (!done) return fail(done);
  return {};
}

}  // namespace picket::authd
