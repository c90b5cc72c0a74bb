#include "tools/demo/history/recorded_families.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>

#include "tools/demo/history/fleet_families.h"

namespace picket::demo {
namespace {

using Rate = std::function<double(std::int64_t at)>;

struct Job {
  std::string_view name;
  Rate requests;  ///< a second
  Rate errors;    ///< ratio
  Rate median;    ///< seconds
};

std::vector<Job> jobs(const Past& past) {
  const Rate none = [](std::int64_t) { return 0.0; };
  const auto about = [](double median, const std::string& name) -> Rate {
    return [=](std::int64_t at) { return median * (1 + 0.1 * Past::noise(name, at)); };
  };
  const auto often = [past](double base, double with_visitors) -> Rate {
    return [=](std::int64_t at) { return base + with_visitors * past.busy(at); };
  };
  return {{"shop", [past](std::int64_t at) { return shop_requests(past, at); },
           [past](std::int64_t at) { return shop_error_ratio(past, at); },
           [past](std::int64_t at) { return shop_median(past, at); }},
          {"authd", often(0.07, 3.1), [past](std::int64_t at) { return past.fails(at) ? 0.001 : 0.0; },
           about(0.0012, "authd")},
          {"alertd", often(0.08, 0.02), none, about(0.004, "alertd")},
          {"health_exporter", often(0.12, 0.02), none, about(0.003, "health")},
          {"business_exporter", often(0.07, 0.02), none, about(0.006, "business")},
          {"security_exporter", often(0.07, 0.02), none, about(0.005, "security")}};
}

/// Of a log-normal time: the quantile with that standard score.
Rate quantile(const Rate& median, double score) {
  return [=](std::int64_t at) { return median(at) * std::exp(kTimeSpread * score); };
}

Rate share_up_to(const Rate& median, double bound) {
  return [=](std::int64_t at) { return share_within(bound, median(at)); };
}

/// Errors by events, over a window of so many steps.
Rate ratio_over(const Rate& total, const Rate& errors, std::size_t steps) {
  struct Window {
    std::deque<std::pair<double, double>> events{};
    double total = 0, errors = 0;
  };
  return [=, window = Window()](std::int64_t at) mutable {
    window.events.emplace_back(total(at), errors(at));
    window.total += window.events.back().first;
    window.errors += window.events.back().second;
    if (window.events.size() > steps) {
      window.total -= window.events.front().first;
      window.errors -= window.events.front().second;
      window.events.pop_front();
    }
    return window.total > 0 ? std::max(0.0, window.errors / window.total) : 0.0;
  };
}

struct Objective {
  std::string_view slo, service;
  double target;
  Rate total;  ///< a second
  Rate ratio;  ///< of errors
};

std::vector<Objective> objectives(const Past& past) {
  const Rate shop = [past](std::int64_t at) { return shop_requests(past, at); };
  const Rate asked = [past](std::int64_t at) { return 3.4 * past.busy(at); };
  const Rate rarely = [past](std::int64_t at) { return past.fails(at) ? 0.004 : 0.0; };
  const Rate median = [past](std::int64_t at) { return shop_median(past, at); };
  return {
      {"http-errors", "applications", 0.99, shop,
       [past](std::int64_t at) { return shop_error_ratio(past, at); }},
      {"http-under-2s", "applications", 0.95, shop,
       [within = share_up_to(median, 2)](std::int64_t at) { return 1 - within(at); }},
      {"availability", "services", 0.999, [](std::int64_t) { return 13.0; },
       [past](std::int64_t at) { return past.fails(at) ? 1.0 / 13 : 0.0; }},
      {"api-under-1s", "fleet", 0.99, asked, rarely},
      {"login", "authd", 0.999,
       [past](std::int64_t at) { return logins(past, at) + failed_logins(past, at); },
       [](std::int64_t) { return 0.0; }},
      {"forward-auth", "authd", 0.999, asked,
       [past](std::int64_t at) { return past.fails(at) ? 0.002 : 0.0; }},
      {"delivery", "alertd", 0.99,
       [past](std::int64_t at) { return past.fails(at) || past.is_attacked(at) ? 0.02 : 0.0003; }, rarely},
  };
}

class RecordedMaker {
 public:
  std::vector<Family> make(const Past& past) {
    for (const Job& job : jobs(past)) add_job(job);
    add_hosts(past);
    for (const Objective& objective : objectives(past)) add_objective(objective);
    add_others(past);
    return std::move(families_);
  }

 private:
  void add(const std::string& name, const std::string& labels, const Course& course) {
    auto known = std::find_if(families_.begin(), families_.end(),
                              [&](const Family& family) { return family.name == name; });
    if (known == families_.end()) known = families_.insert(families_.end(), Family{name});
    known->series.push_back({labels, course});
  }

  void add_job(const Job& job) {
    const std::string labels = label("job", job.name);
    add("job:http_requests:rate5m", labels, job.requests);
    add("job:http_requests_errors:rate5m", labels,
        [=](std::int64_t at) { return job.requests(at) * job.errors(at); });
    add("job:http_requests_errors:ratio_rate5m", labels, job.errors);
    add("job:http_request_duration_seconds:p50_5m", labels, job.median);
    add("job:http_request_duration_seconds:p95_5m", labels, quantile(job.median, 1.645));
    add("job:http_request_duration_seconds:p99_5m", labels, quantile(job.median, 2.326));
    add("job:apdex:ratio_rate5m", labels,
        [satisfied = share_up_to(job.median, 0.25), tolerating = share_up_to(job.median, 1)](
            std::int64_t at) { return (satisfied(at) + tolerating(at)) / 2; });
  }

  void add_hosts(const Past& past) {
    const std::string node = target("node", 9100);
    add("instance:cpu_utilisation:ratio_rate5m", node,
        [=](std::int64_t at) { return 0.08 + 0.16 * past.busy(at) + 0.02 * Past::noise("cpu", at); });
    add("instance:memory_utilisation:ratio", node,
        [=](std::int64_t at) { return 0.38 + 0.05 * past.busy(at) + 0.005 * Past::noise("memory", at); });
    add("instance_mountpoint:filesystem_avail:ratio", node + "," + label("mountpoint", "/"),
        [=](std::int64_t at) {
          return 0.62 + 0.08 * static_cast<double>(past.ends() - at) / (35 * 86400.0);
        });
  }

  void add_objective(const Objective& slo) {
    const std::string labels = label("slo", slo.slo) + "," + label("service", slo.service);
    const Rate errors = [=](std::int64_t at) { return slo.total(at) * slo.ratio(at); };
    const double budget = 1 - slo.target;
    add("slo:sli_total:rate5m", labels, slo.total);
    add("slo:sli_errors:rate5m", labels, errors);
    add("slo:sli_error:ratio_rate5m", labels, slo.ratio);
    add("slo:sli_error:ratio_rate1h", labels, ratio_over(slo.total, errors, 12));
    const Rate month = ratio_over(slo.total, errors, std::size_t{30} * 288);
    add("slo:sli_error:ratio_rate30d", labels, month);
    add("slo:current_burn_rate:ratio", labels, [=](std::int64_t at) { return slo.ratio(at) / budget; });
    add("slo:period_error_budget_remaining:ratio", labels,
        [month, budget](std::int64_t at) mutable { return 1 - month(at) / budget; });
  }

  void add_others(const Past& past) {
    for (const std::string_view check :
         {"shop", "checkout", "stock", "login", "database", "redis", "email"}) {
      add("service:health_check_uptime:ratio1h", label("check", check),
          [=, lost = ratio_over(
                  [](std::int64_t) { return 1.0; },
                  [=](std::int64_t at) { return check == "checkout" && past.fails(at) ? 1.0 : 0.0; },
                  12)](std::int64_t at) mutable { return 1 - lost(at); });
    }
    add("job:authd_logins:rate5m", R"(job="authd",result="success")",
        [=](std::int64_t at) { return logins(past, at); });
    add("job:authd_logins:rate5m", R"(job="authd",result="failure")",
        [=](std::int64_t at) { return failed_logins(past, at); });
    add("source:security_attack_requests:rate5m", R"(source="shop")",
        [=](std::int64_t at) { return attacks(past, at); });
    add("source:security_attack_requests:rate5m", R"(source="old_shop")",
        [=](std::int64_t at) { return 0.1 * attacks(past, at); });
    add("fleet:alerts_firing:count", R"(severity="critical")",
        [=](std::int64_t at) { return past.fails(at) ? 2.0 : 0.0; });
    add("fleet:alerts_firing:count", R"(severity="warning")",
        [=](std::int64_t at) { return 1.0 + past.is_slow(at) + 3 * past.is_attacked(at); });
    add("fleet:alerts_firing:count", R"(severity="info")", steady(0));
  }

  std::vector<Family> families_;
};

}  // namespace

std::vector<Family> recorded_families(const Past& past) {
  return RecordedMaker().make(past);
}

}  // namespace picket::demo
