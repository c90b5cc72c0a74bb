#include "authd/ctl/workplace.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "authd/audit/file_sink.h"
#include "authd/names/login_name.h"
#include "authd/store/open_database.h"
#include "authd/store/seal_check.h"
#include "base/json/json.h"

namespace picket::authd {
namespace {

std::string details_of(const CtlDeed& deed, const Error* error) {
  nlohmann::json details{{"via", "authctl"}, {"uid", std::to_string(::getuid())}};
  for (const auto& [name, value] : deed.details) details[name] = value;
  if (error != nullptr) details["error"] = error->message;
  return to_json(details);
}

std::string_view result_of(const Error* error) {
  if (error == nullptr) return "success";
  return error->kind == ErrorKind::Denied ? "denied" : "failed";
}

}  // namespace

Result<std::unique_ptr<Workplace>> Workplace::open(const CtlFlags& flags, Absent absent) {
  std::unique_ptr<Workplace> place(new Workplace);
  if (const auto opened = place->open_all(flags, absent); !opened) return fail(opened);
  return place;
}

Result<void> Workplace::open_all(const CtlFlags& flags, Absent absent) {
  if (!flags.config_file.empty()) {
    auto config = load_authd_config(flags.config_file, files_);
    if (!config) return fail(config);
    config_ = std::move(*config);
  }
  const DatabasePlace where{flags.storage_path, flags.storage_dsn};
  if (absent == Absent::Refuse) {
    if (const auto there = check_auth_database_is_there(where, files_); !there) return fail(there);
  }
  auto database = open_auth_database(where, files_);
  if (!database) return fail(database);
  database_ = std::move(*database);
  sources_ = {flags.storage_path, secret_environment(), config_.secrets.vault};
  return reload_secrets();
}

Result<void> Workplace::reload_secrets() {
  auto secrets = find_secrets();
  if (!secrets) return fail(secrets, "secrets");
  stores_ = std::make_unique<Stores>(*database_, StoreKeys{std::move(secrets->sealing), secrets->audit},
                                     random_, clock_);
  anchor_ = std::make_unique<AuditAnchor>(files_, sources_.storage_path, secrets->audit);
  mac_keys_ = {std::move(secrets->api_keys), std::move(secrets->otp)};
  return check_keys_fit(*database_, stores_->vault(), secrets->audit);
}

Result<User> Workplace::find_user(const std::string& name) {
  AccountStore& accounts = stores_->accounts();
  const auto by_id = accounts.find(name);
  if (!by_id) return fail(by_id);
  if (*by_id) return **by_id;
  const auto typed = parse_login_name(name);
  if (!typed) return fail(typed, name);
  const auto found = accounts.find_by_key(typed->key);
  if (!found) return fail(found);
  if (*found) return **found;
  return fail(ErrorKind::NotFound,
              fmt::format("there is no user \"{}\": `authctl user list` shows all", name));
}

Result<AuthdSecrets> Workplace::find_secrets() {
  if (!sources_.vault) return load_secrets(sources_, {files_, random_});
  EventLoop loop;
  Resolver resolver(loop);
  CurlClient client(loop, resolver);
  return load_secrets(sources_, {files_, random_, &client});
}

Result<void> Workplace::note(const CtlDeed& deed, const Error* error) {
  AuditEvent event;
  event.timestamp = clock_.wall();
  event.user_agent = "authctl";
  event.action = deed.action;
  event.resource = deed.resource;
  event.result = result_of(error);
  event.details = details_of(deed, error);
  const auto row = stores_->audit().append(event);
  if (!row) return fail(row);
  return FileSink(config_.audit.file).write_line(jsonl_line(*row));
}

}  // namespace picket::authd
