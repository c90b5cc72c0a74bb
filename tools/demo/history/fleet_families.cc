#include "tools/demo/history/fleet_families.h"

#include <fmt/format.h>

#include <array>
#include <deque>
#include <iterator>
#include <limits>

namespace picket::demo {
namespace {

const std::vector<double> kShopBounds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 5, 10};
const std::vector<double> kAuthBounds{0.00005, 0.0001, 0.0005, 0.01};
constexpr std::array<std::string_view, 13> kChecks{
    "shop",  "checkout", "stock", "old-shop",   "login",  "database",      "redis",
    "email", "storage",  "host",  "prometheus", "alertd", "nightly-backup"};

struct Page {
  std::string_view method, handler;
  double share;  ///< of the shop's requests
  double slowness = 1;
};
constexpr std::array kPages{Page{"GET", "/shop", 0.15, 0.4},     Page{"GET", "/products", 0.2, 1},
                            Page{"GET", "/products/{id}", 0.15}, Page{"GET", "/search", 0.1, 1.5},
                            Page{"GET", "/cart", 0.15, 0.8},     Page{"POST", "/checkout", 0.25, 3}};

class FleetMaker {
 public:
  explicit FleetMaker(const Past& past) : past_(past) {}

  std::vector<Family> make() {
    add_targets();
    add_shop();
    add_daemons();
    add_logins();
    add_attacks();
    add_detections();
    add_checks();
    add_alerts();
    add_foreign();
    return {std::make_move_iterator(families_.begin()), std::make_move_iterator(families_.end())};
  }

 private:
  Family& family(std::string name, Shape shape) {
    return families_.emplace_back(Family{std::move(name), shape});
  }
  Family& counter(std::string name) { return family(std::move(name), Shape::Counter); }
  Family& gauge(std::string name) { return family(std::move(name), Shape::Gauge); }

  /// So many a second on average, more when there are more visitors.
  Course by_day(double per_second, const std::string& name) const {
    return counted([=, past = past_](std::int64_t at) {
      return per_second * past.busy(at) * (1 + 0.1 * Past::noise(name, at));
    });
  }
  /// Around a middle, with the visitors as far as `swing` says.
  Course level(double middle, double swing, const std::string& name) const {
    return [=, past = past_](std::int64_t at) {
      return middle * (1 + swing * (past.busy(at) - 1) + 0.02 * Past::noise(name, at));
    };
  }

  void add_targets() {
    Family& up = gauge("up");
    for (const Target& each : targets()) up.series.push_back({target(each.job, each.port), steady(1)});
    Family& started = gauge("process_start_time_seconds");
    Family& memory = gauge("process_resident_memory_bytes");
    for (const Target& each : targets()) {
      if (each.kind == TargetKind::Foreign) continue;
      started.series.push_back({target(each.job, each.port), [past = past_](std::int64_t at) {
                                  return static_cast<double>(past.started(at));
                                }});
      memory.series.push_back({target(each.job, each.port), level(4.5e7, 0.1, std::string(each.job))});
    }
  }

  void add_shop() {
    Family& requests = counter("http_requests_total");
    for (const Page& page : kPages) {
      const auto series = [&](std::string_view code, const std::function<double(std::int64_t)>& share) {
        const std::string labels = fmt::format("{},{},{}", label("method", page.method), label("code", code),
                                               label("handler", page.handler));
        requests.series.push_back({target("shop", 9820, labels), counted([=, past = past_](std::int64_t at) {
                                     return shop_requests(past, at) * page.share * share(at);
                                   })});
      };
      const bool can_fail = page.handler == "/checkout";
      const auto errors = [past = past_](std::int64_t at) { return shop_error_ratio(past, at) / 0.25; };
      series("200", [=](std::int64_t at) { return can_fail ? 1 - errors(at) : 1; });
      if (can_fail) series("503", errors);
    }
    Family& durations = family("http_request_duration_seconds", Shape::Histogram);
    for (const Page& page : {kPages[1], kPages[4], kPages[5]}) {
      add_histogram(
          durations, target("shop", 9820, label("handler", page.handler)), kShopBounds,
          [=, past = past_](std::int64_t at) { return shop_requests(past, at) * page.share; },
          [=, past = past_](std::int64_t at) { return shop_median(past, at) * page.slowness; });
    }
  }

  void add_daemons() {
    for (const Target& each : targets()) {
      if (each.kind != TargetKind::Daemon) continue;
      Family& requests = counter(std::string(each.job) + "_http_requests_total");
      requests.series.push_back({target(each.job, each.port, R"(handler="/metrics",code="200")"),
                                 counted([](auto) { return 1.0 / 15; })});
      requests.series.push_back(
          {target(each.job, each.port, R"(handler="/",code="200")"), by_day(0.03, "page")});
      if (each.job != "authd") continue;
      requests.series.push_back(
          {target(each.job, each.port, R"(handler="/api/v1/auth/verify",code="200")"), by_day(3, "verify")});
      requests.series.push_back(
          {target(each.job, each.port, R"(handler="/api/v1/auth/login",code="401")"),
           counted([past = past_](std::int64_t at) { return failed_logins(past, at); })});
    }
  }

  void add_logins() {
    Family& attempts = counter("authd_login_attempts_total");
    const auto attempt = [&](std::string_view result, std::string_view reason, const Course& course) {
      attempts.series.push_back(
          {target("authd", 9180, fmt::format(R"(factor="password",result="{}",reason="{}")", result, reason)),
           course});
    };
    attempt("success", "none", counted([past = past_](std::int64_t at) { return logins(past, at); }));
    attempt("failure", "wrong",
            counted([past = past_](std::int64_t at) { return 0.4 * failed_logins(past, at); }));
    attempt("failure", "unknown",
            counted([past = past_](std::int64_t at) { return 0.6 * failed_logins(past, at); }));
    counter("authd_lockouts_total")
        .series.push_back(
            {target("authd", 9180, R"(scope="address")"),
             counted([past = past_](std::int64_t at) { return past.is_attacked(at) ? 0.02 : 0.00002; })});
    gauge("authd_sessions_active").series.push_back({target("authd", 9180), level(45, 0.5, "sessions")});
    add_histogram(
        family("authd_forward_auth_duration_seconds", Shape::Histogram),
        target("authd", 9180, R"(decision="allow")"), kAuthBounds,
        [past = past_](std::int64_t at) { return 3 * past.busy(at); }, [](std::int64_t) { return 0.00007; });
    Family& decisions = counter("authd_ratelimit_decisions_total");
    decisions.series.push_back(
        {target("authd", 9180, R"(tier="global",decision="allowed")"), by_day(0.4, "limits")});
    decisions.series.push_back(
        {target("authd", 9180, R"(tier="auth",decision="limited")"),
         counted([past = past_](std::int64_t at) { return past.is_attacked(at) ? 0.3 : 0.0; })});
  }

  void add_attacks() {
    Family& requests = counter("security_http_requests_total");
    for (const auto& [method, kind, share] :
         std::initializer_list<std::tuple<const char*, const char*, double>>{
             {"GET", "2xx", 2.6}, {"POST", "2xx", 0.9}, {"GET", "4xx", 0.05}}) {
      requests.series.push_back({target("security_exporter", 9803,
                                        fmt::format(R"(source="shop",method="{}",class="{}")", method, kind)),
                                 by_day(share, kind)});
    }
    counter("security_http_request_errors_total")
        .series.push_back({target("security_exporter", 9803, R"(source="shop",class="4xx")"),
                           counted([past = past_](std::int64_t at) { return 0.02 + attacks(past, at); })});
    Family& found = counter("security_attack_requests_total");
    Family& accepted = counter("security_attack_requests_accepted_total");
    for (const auto& [category, share] : std::initializer_list<std::pair<const char*, double>>{
             {"sql_injection", 0.4}, {"xss", 0.2}, {"path_traversal", 0.25}, {"command_injection", 0.15}}) {
      found.series.push_back(
          {target("security_exporter", 9803, fmt::format(R"(source="shop",category="{}")", category)),
           counted([=, past = past_](std::int64_t at) { return share * attacks(past, at); })});
    }
    accepted.series.push_back(
        {target("security_exporter", 9803, R"(source="old_shop",category="sql_injection")"),
         counted([past = past_](std::int64_t at) { return 0.02 * attacks(past, at); })});
  }

  void add_detections() {
    const auto when_attacked = [this](double per_second) {
      return counted([=, past = past_](std::int64_t at) { return past.is_attacked(at) ? per_second : 0.0; });
    };
    counter("security_logins_total")
        .series.push_back({target("security_exporter", 9803, R"(method="password")"),
                           counted([past = past_](std::int64_t at) {
                             return logins(past, at) + failed_logins(past, at);
                           })});
    Family& failures = counter("security_login_failures_total");
    failures.series.push_back(
        {target("security_exporter", 9803, R"(method="password",reason="bad_password")"),
         counted([past = past_](std::int64_t at) { return 0.4 * failed_logins(past, at); })});
    failures.series.push_back(
        {target("security_exporter", 9803, R"(method="password",reason="unknown_account")"),
         counted([past = past_](std::int64_t at) { return 0.6 * failed_logins(past, at); })});
    Family& detections = counter("security_detections_total");
    for (const char* const kind : {"brute_force", "spraying", "stuffing"}) {
      detections.series.push_back(
          {target("security_exporter", 9803, fmt::format(R"(source="authd",kind="{}")", kind)),
           when_attacked(0.002)});
    }
    counter("security_ip_blocks_total")
        .series.push_back(
            {target("security_exporter", 9803, R"(reason="rate_limit")"), when_attacked(0.001)});
    counter("security_rate_limit_violations_total")
        .series.push_back({target("security_exporter", 9803, R"(limit="auth")"), when_attacked(0.3)});
    Family& lines = counter("security_log_lines_total");
    lines.series.push_back({target("security_exporter", 9803, R"(source="shop")"), by_day(3.7, "lines")});
    lines.series.push_back({target("security_exporter", 9803, R"(source="authd")"), by_day(0.1, "audit")});
    Family& score = gauge("security_posture_score_ratio");
    score.series.push_back(
        {target("security_exporter", 9803, R"(target="https://localhost:9843")"), steady(0.77)});
    score.series.push_back(
        {target("security_exporter", 9803, R"(target="https://localhost:9822")"), steady(0.76)});
  }

  bool is_down(std::string_view check, std::int64_t at) const {
    if (check == "checkout") return past_.fails(at);
    return check == "stock" && Past::noise("stock", at) > 0.995;
  }

  void add_checks() {
    Family& up = gauge("health_check_up");
    Family& spent = counter("health_check_state_seconds_total");
    Family& probes = counter("health_check_probes_total");
    for (const std::string_view check : kChecks) {
      const auto down = [check, past = past_](std::int64_t at) {
        return FleetMaker(past).is_down(check, at);
      };
      up.series.push_back({target("health_exporter", 9801, label("check", check)),
                           [=](std::int64_t at) { return down(at) ? 0.0 : 1.0; }});
      const auto time_in = [&](std::string_view state, bool when_down) {
        spent.series.push_back(
            {target("health_exporter", 9801, label("check", check) + "," + label("state", state)),
             counted([=](std::int64_t at) { return down(at) == when_down ? 1.0 : 0.0; })});
      };
      time_in("operational", false);
      time_in("down", true);
      if (check == "shop" || check == "checkout") {
        probes.series.push_back(
            {target("health_exporter", 9801, label("check", check)), counted([](auto) { return 0.1; })});
      }
    }
    counter("health_check_probe_failures_total")
        .series.push_back({target("health_exporter", 9801, R"(check="checkout",reason="status")"),
                           counted([past = past_](std::int64_t at) { return past.fails(at) ? 0.1 : 0.0; })});
  }

  void add_alerts() {
    gauge("alertd_alerts_firing").series.push_back({target("alertd", 9093), [past = past_](std::int64_t at) {
                                                      return 2.0 * past.fails(at) + past.is_slow(at) +
                                                             3.0 * past.is_attacked(at) + 1;
                                                    }});
    gauge("alertd_outbox_pending").series.push_back({target("alertd", 9093), [past = past_](std::int64_t at) {
                                                       return past.fails(at) ? 1.0 : 0.0;
                                                     }});
    const auto busy_hours = [past = past_](std::int64_t at) {
      return past.fails(at) || past.is_slow(at) || past.is_attacked(at);
    };
    Family& attempts = counter("alertd_notification_attempts_total");
    for (const char* const whom :
         {R"(receiver="mail",integration="email")", R"(receiver="on-call",integration="email")",
          R"(receiver="on-call",integration="webhook")", R"(receiver="security",integration="email")"}) {
      attempts.series.push_back({target("alertd", 9093, whom),
                                 counted([=](std::int64_t at) { return busy_hours(at) ? 0.006 : 0.00008; })});
    }
    counter("alertd_notification_attempt_failures_total")
        .series.push_back(
            {target("alertd", 9093, R"(receiver="on-call",integration="webhook",reason="retry")"),
             counted([past = past_](std::int64_t at) { return past.fails(at) ? 0.002 : 0.0; })});
    add_past_alert("ServiceDown",
                   R"(severity="critical",team="platform",category="availability",check="checkout")",
                   [past = past_](std::int64_t at) { return past.fails(at); });
    add_past_alert("SecurityAttackRateHigh",
                   R"(severity="warning",team="security",category="security",source="shop")",
                   [past = past_](std::int64_t at) { return past.is_attacked(at); });
  }

  /// ALERTS of one that fires only now and then.
  void add_past_alert(std::string_view name, std::string_view labels,
                      const std::function<bool(std::int64_t)>& fires) {
    if (families_.back().name != "ALERTS") gauge("ALERTS");
    families_.back().series.push_back(
        {target(name.starts_with("Security") ? "security_exporter" : "health_exporter",
                name.starts_with("Security") ? 9803 : 9801,
                fmt::format(R"(alertname="{}",alertstate="firing",{})", name, labels)),
         [=](std::int64_t at) { return fires(at) ? 1.0 : std::numeric_limits<double>::quiet_NaN(); }});
  }

  void add_foreign() {
    gauge("node_load1").series.push_back({target("node", 9100), level(0.9, 0.5, "load")});
    gauge("pg_up").series.push_back({target("postgres", 9187), steady(1)});
    gauge("redis_up").series.push_back({target("redis", 9121), steady(1)});
    gauge("redis_memory_used_bytes").series.push_back({target("redis", 9121), level(1.1e6, 0.2, "redis")});
    gauge("redis_connected_clients").series.push_back({target("redis", 9121), level(6, 0.1, "clients")});
    counter("redis_commands_processed_total")
        .series.push_back({target("redis", 9121), by_day(20, "commands")});
    Family& hits = counter("redis_keyspace_hits_total");
    hits.series.push_back({target("redis", 9121), by_day(15, "hits")});
    counter("redis_keyspace_misses_total").series.push_back({target("redis", 9121), by_day(2, "misses")});
  }

  const Past past_;
  std::deque<Family> families_;  ///< a reference to one stays good when more are added
};

}  // namespace

const std::vector<Target>& targets() {
  static const std::vector<Target> all{{"prometheus", 9090, TargetKind::Engine},
                                       {"alertd", 9093, TargetKind::Daemon},
                                       {"authd", 9180, TargetKind::Daemon},
                                       {"health_exporter", 9801, TargetKind::Daemon},
                                       {"business_exporter", 9802, TargetKind::Daemon},
                                       {"security_exporter", 9803, TargetKind::Daemon},
                                       {"shop", 9820, TargetKind::Shop},
                                       {"node", 9100, TargetKind::Foreign},
                                       {"postgres", 9187, TargetKind::Foreign},
                                       {"redis", 9121, TargetKind::Foreign}};
  return all;
}

double shop_requests(const Past& past, std::int64_t at) {
  return 4 * past.busy(at) * (1 + 0.08 * Past::noise("shop", at));
}

double shop_error_ratio(const Past& past, std::int64_t at) {
  return past.fails(at) ? 0.07 + 0.02 * Past::noise("errors", at) : 0.0008 * (1 + Past::noise("errors", at));
}

double shop_median(const Past& past, std::int64_t at) {
  const double usual = 0.028 * (0.85 + 0.15 * past.busy(at)) * (1 + 0.05 * Past::noise("time", at));
  return past.is_slow(at) ? 14 * usual : usual;
}

double logins(const Past& past, std::int64_t at) {
  return 0.033 * past.busy(at) * (1 + 0.3 * Past::noise("logins", at));
}

double failed_logins(const Past& past, std::int64_t at) {
  return 0.004 * past.busy(at) * (1 + 0.5 * Past::noise("failures", at)) + (past.is_attacked(at) ? 0.5 : 0.0);
}

double attacks(const Past& past, std::int64_t at) {
  const double scanners = Past::noise("scanners", at) > 0.9 ? 0.05 : 0.002;
  return past.is_attacked(at) ? 0.9 + 0.2 * Past::noise("attacks", at) : scanners;
}

std::vector<Family> fleet_families(const Past& past) {
  return FleetMaker(past).make();
}

}  // namespace picket::demo
