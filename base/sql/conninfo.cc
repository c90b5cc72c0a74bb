#include "base/sql/conninfo.h"

#include <libpq-fe.h>

#include <array>
#include <memory>

#include "base/text/strings.h"

namespace picket::sql {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

Options parsed(const std::string& text) {
  char* error = nullptr;
  Options options(PQconninfoParse(text.c_str(), &error));
  PQfreemem(error);
  return options;
}

std::string quoted(std::string_view value) {
  return "'" + replace_all(replace_all(value, "\\", "\\\\"), "'", "\\'") + "'";
}

// libpq looks at ports when it connects, and then shows a wrong one: a piece of a password with a '/' in it.
bool is_port_list(std::string_view text) {
  return text.find_first_not_of("0123456789,") == std::string_view::npos;
}

struct Setting {
  std::string_view keyword;
  std::string value;
};

using Settings = std::array<Setting, 6>;

Settings default_settings(const Dsn& dsn) {
  const auto connect_seconds =
      std::max<std::int64_t>(2, std::chrono::ceil<std::chrono::seconds>(dsn.connect_timeout).count());
  const auto statement_millis = std::chrono::ceil<std::chrono::milliseconds>(dsn.statement_timeout).count();
  return {{{"connect_timeout", std::to_string(connect_seconds)},
           {"tcp_user_timeout", std::to_string(statement_millis)},
           {"keepalives_idle", "30"},
           {"keepalives_interval", "10"},
           {"keepalives_count", "3"},
           {"application_name", "picket"}}};
}

/// The user's, else ours, else "".
std::string value_of(const PQconninfoOption& option, const Settings& defaults) {
  if (option.val != nullptr && *option.val != '\0') return option.val;
  for (const Setting& setting : defaults) {
    if (setting.keyword == option.keyword) return setting.value;
  }
  return "";
}

}  // namespace

bool is_conninfo(std::string_view text) {
  const Options options = parsed(std::string(text));
  if (!options) return false;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (std::string_view(option->keyword) != "port" || option->val == nullptr) continue;
    if (!is_port_list(option->val)) return false;
  }
  return true;
}

Conninfo make_conninfo(const Dsn& dsn) {
  const Options options = parsed(dsn.postgres.reveal());
  if (!options) return {dsn.postgres, Secret()};
  const Settings defaults = default_settings(dsn);
  Conninfo result;
  std::string text;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    const std::string value = value_of(*option, defaults);
    if (value.empty()) continue;
    if (std::string_view(option->keyword) == "password") result.password = Secret(value);
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", option->keyword, quoted(value));
  }
  result.text = Secret(std::move(text));
  return result;
}

std::string readable_message(std::string_view message, const Secret& password) {
  std::string line(trim(message.substr(0, message.find('\n'))));
  for (const std::string_view prefix : {"ERROR:", "FATAL:"}) {
    if (line.starts_with(prefix)) line = trim(std::string_view(line).substr(prefix.size()));
  }
  return password.empty() ? line : replace_all(line, password.reveal(), "***");
}

}  // namespace picket::sql
