#include "exporters/business/demo/ledger.h"

namespace picket::business {
namespace {

const std::array<sql::TableColumns, kDemoTables>& all_columns() {
  static const std::array<sql::TableColumns, kDemoTables> tables{{
      {"demo_organisations", {"id", "name", "country", "zone", "currency", "created_at"}},
      {"demo_plans", {"plan", "currency", "billing", "price_minor"}},
      {"demo_coupons", {"coupon", "valid_from", "valid_until"}},
      {"demo_spec_limits", {"process", "characteristic", "lower_limit", "upper_limit"}},
      {"demo_technicians", {"id", "team", "state"}},
      {"demo_api_keys", {"id", "organisation_id", "plan", "quota_requests", "used_requests", "last_used_at"}},
      {"demo_customers",
       {"id", "organisation_id", "channel", "status", "signed_up_at", "signup_month", "churned_at",
        "churn_month", "churn_reason"}},
      {"demo_subscriptions",
       {"id", "customer_id", "plan", "currency", "billing", "monthly_minor", "status", "started_at",
        "trial_ends_at", "paid_from", "ended_at", "end_reason"}},
      {"demo_orders",
       {"id", "customer_id", "channel", "status", "reason", "currency", "amount_minor", "created_at",
        "completed_at", "cancelled_at"}},
      {"demo_bookings", {"id", "customer_id", "currency", "line", "amount_minor", "booked_at"}},
      {"demo_refunds", {"id", "booking_id", "currency", "line", "amount_minor", "refunded_at"}},
      {"demo_invoices", {"id", "customer_id", "currency", "amount_minor", "issued_at", "due_at", "paid_at"}},
      {"demo_payments", {"id", "customer_id", "method", "status", "created_at"}},
      {"demo_coupon_redemptions",
       {"id", "coupon", "customer_id", "currency", "discount_minor", "redeemed_at"}},
      {"demo_jobs",
       {"id", "customer_id", "kind", "status", "reason", "visits", "work_seconds", "created_at",
        "responded_at", "closed_at"}},
      {"demo_csat", {"id", "customer_id", "score", "answered_at"}},
      {"demo_nps", {"id", "customer_id", "score", "answered_at"}},
      {"demo_shifts",
       {"id", "technician_id", "team", "begins_at", "available_seconds", "productive_seconds"}},
      {"demo_batches", {"id", "process", "units", "opportunities", "produced_at"}},
      {"demo_defects", {"id", "batch_id", "process", "defect", "defects", "found_at"}},
      {"demo_measurements", {"id", "process", "characteristic", "value", "measured_at"}},
      {"demo_email_logs",
       {"id", "customer_id", "template", "queued_at", "sent_at", "delivered_at", "bounced_at", "bounce",
        "complained_at"}},
      {"demo_webhooks", {"id", "endpoint", "state", "created_at"}},
      {"demo_webhook_logs", {"id", "webhook_id", "endpoint", "reason", "duration_ms", "attempted_at"}},
      {"demo_api_usage",
       {"id", "route", "plan", "requests", "client_errors", "server_errors", "quota_exceeded", "begins_at"}},
  }};
  return tables;
}

}  // namespace

const sql::TableColumns& columns_of(DemoTable table) {
  return all_columns()[static_cast<std::size_t>(table)];
}

void Ledger::add(DemoTable table, sql::Params row) {
  pages_[static_cast<std::size_t>(table)].push_back(std::move(row));
  ++rows_;
}

void Ledger::clear() {
  for (auto& page : pages_) page.clear();
  changes_.clear();
  rows_ = 0;
}

Result<void> write_down(Ledger& ledger, sql::Database& database) {
  for (std::size_t i = 0; i < kDemoTables; ++i) {
    const auto table = static_cast<DemoTable>(i);
    if (ledger.rows_of(table).empty()) continue;
    const auto appended = database.append(columns_of(table), ledger.rows_of(table));
    if (!appended) return fail(appended, "writing " + columns_of(table).table);
  }
  if (!ledger.changes().empty()) {
    const auto changed = database.transaction([&](sql::Session& session) -> Result<void> {
      for (const Ledger::Change& change : ledger.changes()) {
        if (const auto done = session.execute(change.sql, change.params); !done) return fail(done);
      }
      return {};
    });
    if (!changed) return fail(changed);
  }
  ledger.clear();
  return {};
}

}  // namespace picket::business
