#include "tools/demo/history/company_families.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <memory>

#include "base/text/strings.h"

namespace picket::demo {
namespace {

/// What adds up to a family: labels (columns, with commas between), when, and how much.
struct Kpi {
  std::string_view family;
  Shape shape;
  std::string_view labels, time, amount, from;
};
constexpr Kpi kKpis[] = {
    {"business_revenue_minor_units_total", Shape::Counter, "currency,line", "booked_at", "amount_minor",
     "kpi_bookings"},
    {"business_refund_minor_units_total", Shape::Counter, "currency,line", "refunded_at", "amount_minor",
     "kpi_refunds"},
    {"business_recurring_revenue_minor_units", Shape::Gauge, "currency,plan", "at", "amount",
     "(SELECT currency, plan, started_at AS at, monthly_minor AS amount FROM kpi_recurring UNION ALL "
     "SELECT currency, plan, ended_at, -monthly_minor FROM kpi_recurring WHERE ended_at IS NOT NULL)"},
    {"business_orders_created_total", Shape::Counter, "channel", "created_at", "1", "kpi_orders"},
    {"business_orders_completed_total", Shape::Counter, "channel", "completed_at", "1",
     "(SELECT * FROM kpi_orders WHERE status = 'completed')"},
    {"business_payments_completed_total", Shape::Counter, "method", "created_at", "1",
     "(SELECT * FROM kpi_payments WHERE status = 'succeeded')"},
    {"business_payments_failed_total", Shape::Counter, "method,reason", "created_at", "1",
     "(SELECT method, status AS reason, created_at FROM kpi_payments WHERE status IN ('failed', 'abandoned'))"},
    {"business_customers", Shape::Gauge, "status", "at", "amount",
     "(SELECT CASE WHEN churned_at IS NULL THEN status ELSE 'active' END AS status, signed_up_at AS at, 1 AS amount "
     "FROM kpi_customers UNION ALL SELECT 'active', churned_at, -1 FROM kpi_customers WHERE churned_at IS NOT NULL)"},
    {"business_customer_signups_total", Shape::Counter, "channel", "signed_up_at", "1", "kpi_customers"},
    {"business_customer_churns_total", Shape::Counter, "reason", "churned_at", "1",
     "(SELECT churn_reason AS reason, churned_at FROM kpi_customers WHERE churned_at IS NOT NULL)"},
    {"business_csat_responses_total", Shape::Counter, "score", "answered_at", "1", "kpi_csat"},
    {"business_nps_responses_total", Shape::Counter, "category", "answered_at", "1",
     "(SELECT CASE WHEN score >= 9 THEN 'promoter' WHEN score >= 7 THEN 'passive' ELSE 'detractor' END AS category, "
     "answered_at FROM kpi_nps)"},
    {"business_jobs_created_total", Shape::Counter, "kind", "created_at", "1", "kpi_jobs"},
    {"business_jobs_completed_total", Shape::Counter, "kind", "closed_at", "1",
     "(SELECT * FROM kpi_jobs WHERE status = 'completed')"},
    {"business_jobs_first_visit_resolved_total", Shape::Counter, "kind", "closed_at", "1",
     "(SELECT * FROM kpi_jobs WHERE status = 'completed' AND visits = 1)"},
    {"business_jobs_failed_total", Shape::Counter, "kind,reason", "closed_at", "1",
     "(SELECT * FROM kpi_jobs WHERE status = 'failed')"},
    {"business_technician_available_seconds_total", Shape::Counter, "team", "begins_at", "available_seconds",
     "kpi_technician_time"},
    {"business_technician_productive_seconds_total", Shape::Counter, "team", "begins_at",
     "productive_seconds", "kpi_technician_time"},
    {"business_process_opportunities_total", Shape::Counter, "process", "produced_at", "opportunities",
     "kpi_production"},
    {"business_process_defects_total", Shape::Counter, "process,defect", "found_at", "defects",
     "kpi_defects"},
    {"business_emails_sent_total", Shape::Counter, "template", "sent_at", "1", "kpi_email_logs"},
    {"business_emails_delivered_total", Shape::Counter, "template", "delivered_at", "1", "kpi_email_logs"},
    {"business_emails_bounced_total", Shape::Counter, "template,bounce", "bounced_at", "1", "kpi_email_logs"},
    {"business_webhook_deliveries_total", Shape::Counter, "endpoint", "attempted_at", "1",
     "kpi_webhook_logs"},
    {"business_api_requests_total", Shape::Counter, "route,plan", "begins_at", "requests", "kpi_api_usage"},
};

/// Sums up to a time, of events in whole steps.
class Sums {
 public:
  void add(std::int64_t at, double amount) {
    if (at_.empty() || at_.back() != at) {
      at_.push_back(at);
      sums_.push_back(sums_.empty() ? 0 : sums_.back());
    }
    sums_.back() += amount;
  }
  double until(std::int64_t at) const {
    const auto next = std::ranges::upper_bound(at_, at);
    return next == at_.begin() ? 0 : sums_[static_cast<std::size_t>(next - at_.begin() - 1)];
  }
  double between(std::int64_t after, std::int64_t until_then) const {
    return until(until_then) - until(after);
  }

 private:
  std::vector<std::int64_t> at_;
  std::vector<double> sums_;
};

using ByLabels = std::map<std::vector<std::string>, Sums>;

/// Of one family: each value of its labels.
Result<ByLabels> read(sql::Database& company, const Kpi& kpi) {
  const std::size_t count = split(kpi.labels, ',').size();
  const auto rows = company.query(fmt::format(
      "SELECT {0}, ({1} + {2}) / {3} * {3} AS step, sum({4}) FROM {5} WHERE {1} IS NOT NULL GROUP BY {0}, step ORDER BY step",
      kpi.labels, kpi.time, kStep - 1, kStep, kpi.amount, kpi.from));
  if (!rows) return fail(rows, kpi.family);
  ByLabels sums;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const sql::Row row = (*rows)[i];
    std::vector<std::string> values;
    for (std::size_t column = 0; column < count; ++column) values.push_back(row.text(column));
    sums[values].add(row.integer(count), row.real(count + 1));
  }
  return sums;
}

std::string labels_of(const Kpi& kpi, const std::vector<std::string>& values) {
  std::vector<std::string> parts;
  std::size_t column = 0;
  for (const std::string_view name : split(kpi.labels, ',')) parts.push_back(label(name, values[column++]));
  return target("business_exporter", 9802, join(parts, ","));
}

using Read = std::map<std::string_view, std::shared_ptr<const ByLabels>>;

/// What was added after one time and until another, over all series that `takes` takes.
template <class Takes>
double sum_of(const ByLabels& sums, std::int64_t after, std::int64_t until, const Takes& takes) {
  double total = 0;
  for (const auto& [values, series] : sums) {
    if (takes(values)) total += series.between(after, until);
  }
  return total;
}

double all_of(const ByLabels& sums, std::int64_t after, std::int64_t until) {
  return sum_of(sums, after, until, [](const std::vector<std::string>&) { return true; });
}

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : std::numeric_limits<double>::quiet_NaN();
}

Family by_first_label(const std::string& name, const std::string& label_name, const ByLabels& sums,
                      const std::function<double(const std::string& value, std::int64_t at)>& course) {
  Family family{name};
  std::string last;
  for (const auto& [values, series] : sums) {
    if (values.front() == last) continue;
    last = values.front();
    family.series.push_back({label(label_name, last), [=](std::int64_t at) { return course(last, at); }});
  }
  return family;
}

Family a_day_by_currency(const std::string& name, const std::shared_ptr<const ByLabels>& amounts) {
  return by_first_label(name, "currency", *amounts, [amounts](const std::string& currency, std::int64_t at) {
    return sum_of(*amounts, at - kDay, at, [&](const auto& values) { return values.front() == currency; });
  });
}

Family one(const std::string& name, Course course) {
  return {name, Shape::Gauge, {{"", std::move(course)}}};
}

void add_recorded(std::vector<Family>& families, Read& read) {
  families.push_back(a_day_by_currency("currency:business_revenue_minor_units:increase1d",
                                       read["business_revenue_minor_units_total"]));
  families.push_back(a_day_by_currency("currency:business_refund_minor_units:increase1d",
                                       read["business_refund_minor_units_total"]));
  families.push_back(one(
      "business:customer_churn:ratio30d",
      [lost = read["business_customer_churns_total"], there = read["business_customers"]](std::int64_t at) {
        return ratio(all_of(*lost, at - 30 * kDay, at), all_of(*there, 0, at - 30 * kDay));
      }));
  families.push_back(
      one("business:nps:score30d", [answers = read["business_nps_responses_total"]](std::int64_t at) {
        const auto of = [&](std::string_view category) {
          return sum_of(*answers, at - 30 * kDay, at,
                        [&](const auto& values) { return values.front() == category; });
        };
        return 100 * ratio(of("promoter") - of("detractor"), all_of(*answers, at - 30 * kDay, at));
      }));
  families.push_back(
      one("business:csat:ratio30d", [answers = read["business_csat_responses_total"]](std::int64_t at) {
        const auto satisfied = [](const auto& values) { return values.front() >= "4"; };
        return ratio(sum_of(*answers, at - 30 * kDay, at, satisfied), all_of(*answers, at - 30 * kDay, at));
      }));
  families.push_back(
      by_first_label("kind:business_jobs_completed:ratio1d", "kind", *read["business_jobs_completed_total"],
                     [done = read["business_jobs_completed_total"],
                      failed = read["business_jobs_failed_total"]](const std::string& kind, std::int64_t at) {
                       const auto of_kind = [&](const auto& values) { return values.front() == kind; };
                       const double completed = sum_of(*done, at - kDay, at, of_kind);
                       return ratio(completed, completed + sum_of(*failed, at - kDay, at, of_kind));
                     }));
}

/// Defects per million opportunities of the 30 days before.
Family defects_per_million(Read& read) {
  const auto defects = read["business_process_defects_total"],
             chances = read["business_process_opportunities_total"];
  Family family{"business_process_dpmo"};
  for (const auto& [values, series] : *chances) {
    const std::string process = values.front();
    family.series.push_back(
        {target("business_exporter", 9802, label("process", process)), [=](std::int64_t at) {
           const auto of = [&](const auto& other) { return other.front() == process; };
           return 1e6 *
                  ratio(sum_of(*defects, at - 30 * kDay, at, of), sum_of(*chances, at - 30 * kDay, at, of));
         }});
  }
  return family;
}

}  // namespace

Result<std::vector<Family>> company_families(sql::Database& company, const Past& past) {
  std::vector<Family> families;
  Read all;
  for (const Kpi& kpi : kKpis) {
    auto sums = read(company, kpi);
    if (!sums) return fail(sums);
    const auto shared = std::make_shared<const ByLabels>(std::move(*sums));
    all[kpi.family] = shared;
    Family family{std::string(kpi.family), kpi.shape};
    for (const auto& [values, series] : *shared) {
      // What happened within the last step counts at its end.
      family.series.push_back(
          {labels_of(kpi, values), [&series = series, shared, last = past.ends()](std::int64_t at) {
             return series.until(at == last ? at + kStep : at);
           }});
    }
    families.push_back(std::move(family));
  }
  add_recorded(families, all);
  families.push_back(defects_per_million(all));
  return families;
}

}  // namespace picket::demo
