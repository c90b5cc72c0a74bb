#include "tests/tidy/rules/arrows.h"

namespace picket::tidy {
namespace {

std::vector<DaemonFolder> exporter_folders() {
  return {
      {"exporters/kit", {}},
      {"exporters/health/probe", {}},
      {"exporters/health/probers", {"exporters/health/probe"}},
      {"exporters/health/blackbox", {"exporters/health/probe", "exporters/health/probers"}},
      {"exporters/health/checks", {"exporters/health/probe"}},
      {"exporters/health/history", {"exporters/health/checks"}},
      {"exporters/health/engine",
       {"exporters/health/probe", "exporters/health/checks", "exporters/health/history"}},
      {"exporters/health/exposition",
       {"exporters/health/probe", "exporters/health/checks", "exporters/health/engine"}},
      {"exporters/health/api",
       {"exporters/health/checks", "exporters/health/history", "exporters/health/engine"}},
      {"exporters/business/databases", {}},
      {"exporters/business/queries", {"exporters/business/databases"}},
      {"exporters/business/packs", {"exporters/business/queries"}},
      {"exporters/business/reports",
       {"exporters/business/databases", "exporters/business/packs", "exporters/business/queries"}},
      {"exporters/business/demo", {"exporters/business/packs"}},
      {"exporters/business/config",
       {"exporters/business/databases", "exporters/business/packs", "exporters/business/queries",
        "exporters/business/reports"}},
      {"exporters/business/results", {"exporters/business/queries"}},
      {"exporters/business/commands",
       {"exporters/business/config", "exporters/business/databases", "exporters/business/exposition",
        "exporters/business/packs", "exporters/business/queries", "exporters/business/results"}},
      {"exporters/business/exposition",
       {"exporters/business/databases", "exporters/business/queries", "exporters/business/results"}},
      {"exporters/business/pages",
       {"exporters/business/databases", "exporters/business/packs", "exporters/business/reports",
        "exporters/business/results"}},
      {"exporters/security/records", {}},
      {"exporters/security/events", {}},
      {"exporters/security/tail", {"exporters/security/records"}},
      {"exporters/security/formats", {"exporters/security/records"}},
      {"exporters/security/signals", {"exporters/security/events", "exporters/security/records"}},
      {"exporters/security/sources",
       {"exporters/security/events", "exporters/security/formats", "exporters/security/records",
        "exporters/security/signals", "exporters/security/tail"}},
      {"exporters/security/config",
       {"exporters/security/events", "exporters/security/posture", "exporters/security/signals",
        "exporters/security/sources"}},
      {"exporters/security/exposition",
       {"exporters/security/posture", "exporters/security/signals", "exporters/security/sources"}},
      {"exporters/security/api", {"exporters/security/events"}},
      {"exporters/security/pages",
       {"exporters/security/api", "exporters/security/events", "exporters/security/posture",
        "exporters/security/signals", "exporters/security/sources"}},
      {"exporters/security/posture", {"exporters/security/events"}},
      {"exporters/security/commands", {}},
      {"exporters/health/pages",
       {"exporters/health/checks", "exporters/health/engine", "exporters/health/api"}},
  };
}

std::vector<DaemonFolder> alertd_folders() {
  return {
      {"alertd/series", {}},
      {"alertd/templates", {"alertd/series"}},
      {"alertd/datasource", {"alertd/series"}},
      {"alertd/rules", {"alertd/series", "alertd/templates"}},
      {"alertd/alerts", {"alertd/series"}},
      {"alertd/routing", {"alertd/alerts", "alertd/series"}},
      {"alertd/inhibition", {"alertd/alerts", "alertd/routing"}},
      {"alertd/notify", {"alertd/alerts", "alertd/templates"}},
      {"alertd/notify/email", {"alertd/notify"}},
      {"alertd/notify/slack", {"alertd/notify"}},
      {"alertd/notify/sms", {"alertd/notify"}},
      {"alertd/notify/webhook", {"alertd/notify"}},
      {"alertd/outbox", {}},
      {"alertd/delivery", {"alertd/notify", "alertd/outbox"}},
      {"alertd/dispatch",
       {"alertd/alerts", "alertd/inhibition", "alertd/notify", "alertd/outbox", "alertd/routing",
        "alertd/series", "alertd/rules"}},
      {"alertd/config",
       {"alertd/datasource", "alertd/dispatch", "alertd/inhibition", "alertd/notify", "alertd/notify/email",
        "alertd/notify/slack", "alertd/notify/sms", "alertd/notify/webhook", "alertd/outbox",
        "alertd/routing", "alertd/rules"}},
      {"alertd/pages",
       {"alertd/alerts", "alertd/dispatch", "alertd/notify", "alertd/outbox", "alertd/routing",
        "alertd/rules", "alertd/series"}},
      {"alertd/api",
       {"alertd/datasource", "alertd/dispatch", "alertd/outbox", "alertd/rules", "alertd/series"}},
  };
}

std::vector<DaemonFolder> authd_folders() {
  return {
      {"authd/address", {}},
      {"authd/browser", {}},
      {"authd/names", {}},
      {"authd/passwords", {"authd/names"}},
      {"authd/totp", {}},
      {"authd/otp", {"authd/names", "authd/passwords"}},
      {"authd/tokens", {}},
      {"authd/lockout", {"authd/address"}},
      {"authd/ratelimit", {"authd/address"}},
      {"authd/accounts", {}},
      {"authd/guards", {"authd/accounts", "authd/ratelimit"}},
      {"authd/rbac", {"authd/accounts"}},
      {"authd/audit", {}},
      {"authd/store", {"authd/accounts", "authd/audit"}},
      {"authd/keys", {"authd/accounts", "authd/tokens"}},
      {"authd/secrets", {}},
      {"authd/upkeep", {}},
      {"authd/sessions", {"authd/accounts", "authd/keys", "authd/rbac", "authd/tokens"}},
      {"authd/login",
       {"authd/accounts", "authd/address", "authd/audit", "authd/lockout", "authd/names", "authd/otp",
        "authd/passwords", "authd/ratelimit", "authd/sessions", "authd/tokens", "authd/totp"}},
      {"authd/forward_auth",
       {"authd/accounts", "authd/names", "authd/rbac", "authd/sessions", "authd/tokens"}},
      {"authd/config",
       {"authd/address", "authd/forward_auth", "authd/login", "authd/passwords", "authd/ratelimit",
        "authd/secrets", "authd/sessions", "authd/tokens"}},
      {"authd/import", {"authd/accounts", "authd/names", "authd/passwords"}},
      {"authd/ctl",
       {"authd/accounts", "authd/audit", "authd/config", "authd/import", "authd/keys", "authd/names",
        "authd/passwords", "authd/ratelimit", "authd/secrets", "authd/sessions", "authd/store",
        "authd/tokens"}},
      {"authd/http",
       {"authd/accounts", "authd/address", "authd/audit", "authd/browser", "authd/forward_auth",
        "authd/guards", "authd/login", "authd/names", "authd/ratelimit", "authd/rbac", "authd/sessions",
        "authd/tokens"}},
      {"authd/pages", {"authd/browser", "authd/http", "authd/login", "authd/sessions"}},
  };
}

}  // namespace

std::span<const BaseFolder> base_folders() {
  static const std::vector<BaseFolder> rows = {
      {"base/result", 0},  {"base/text", 1},   {"base/json", 2},   {"base/exec", 2},    {"base/time", 3},
      {"base/files", 3},   {"base/log", 4},    {"base/config", 4}, {"base/crypto", 5},  {"base/net", 6},
      {"base/http", 7},    {"base/detect", 6}, {"base/web", 8},    {"base/metrics", 8}, {"base/sql", 9},
      {"base/deliver", 9}, {"base/daemon", 9},
  };
  return rows;
}

std::span<const DaemonFolder> daemon_folders() {
  static const std::vector<DaemonFolder> folders = [] {
    std::vector<DaemonFolder> rows{{"tools/fleet", {}},
                                   {"tools/slo", {}},
                                   {"tools/demo", {}},
                                   {"tools/demo/shop", {"tools/demo"}},
                                   {"tools/demo/traffic", {"tools/demo"}},
                                   {"tools/demo/history", {}}};
    for (const auto& part : {exporter_folders(), alertd_folders(), authd_folders()}) {
      rows.insert(rows.end(), part.begin(), part.end());
    }
    return rows;
  }();
  return folders;
}

std::span<const Library> libraries() {
  static const std::vector<Library> rows = {
      {"boost/beast", {"base/http"}},
      {"boost/asio", {"base/net", "base/http", "base/time"}},
      {"curl/", {"base/http", "base/deliver"}},
      {"ares", {"base/net"}},
      {"openssl/", {"base/crypto", "base/net", "base/http", "base/daemon", "authd/tokens", "authd/totp"}},
      {"crypt.h", {"base/crypto"}},
      {"hiredis/", {"authd/ratelimit"}},
      {"yaml-cpp/", {"base/config"}},
      {"re2/", {"base/text", "base/detect"}},
      {"date/", {"base/time", "alertd/templates"}},
      {"sqlite3.h", {"base/sql"}},
      {"pqxx", {"base/sql"}},
      {"prometheus/", {"base/metrics"}},
      {"systemd/", {"base/daemon"}},
      {"httplib.h", {"base/daemon", "authd/ctl"}},
      {"civetweb", {}},
      {"unicode/", {"authd/names", "base/deliver"}},
      {"argon2.h", {"authd/passwords"}},
      {"qrcodegen", {"authd/totp"}},
  };
  return rows;
}

}  // namespace picket::tidy
