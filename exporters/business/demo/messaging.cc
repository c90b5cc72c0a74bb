#include "exporters/business/demo/messaging.h"

#include <algorithm>
#include <array>

namespace picket::business {
namespace {

constexpr double kEmailsPerDay = 0.015;  // to a customer
constexpr double kWebhooksPerDay = 0.006;
constexpr std::size_t kAttemptsMax = 5;
constexpr std::array<std::string_view, 3> kEndpoints{"orders", "billing", "crm"};

std::string_view template_of(Dice& dice) {
  static constexpr std::array<std::string_view, 5> kWords{"newsletter", "invoice", "reminder",
                                                          "password_reset", "welcome"};
  static constexpr std::array<double, 5> kWeights{0.45, 0.25, 0.15, 0.1, 0.05};
  return kWords[dice.weighted(kWeights)];
}

struct EmailFate {
  std::int64_t sent_at = 0;
  std::int64_t ends_at = 0;  ///< delivered or bounced
  std::string_view bounce;
  std::int64_t complained_at = 0;  ///< 0: nobody does
};

EmailFate email_fate(const Stage& stage, Dice& dice, std::string_view letter, std::int64_t at) {
  const double trouble = stage.rhythm.trouble(at);
  EmailFate fate;
  const bool waits = dice.chance(0.01 * trouble * trouble);  // the relay is slow in the bad week
  fate.sent_at = at + 1 + whole(dice.exponential(waits ? 1200 : 4));
  fate.ends_at = fate.sent_at + 1 + whole(dice.log_normal(6, 0.8));
  if (dice.chance(0.022)) fate.bounce = dice.chance(0.6) ? "hard" : "soft";
  const bool annoys = letter == "newsletter" && dice.chance(0.001 * trouble);
  if (fate.bounce.empty() && annoys) fate.complained_at = fate.ends_at + 60 + whole(dice.exponential(7200));
  return fate;
}

void follow_email(Stage& stage, std::int64_t id, const EmailFate& fate) {
  if (!stage.has_happened(fate.sent_at)) {
    stage.at(fate.sent_at, [=](Stage& then) {
      then.ledger.change("UPDATE demo_email_logs SET sent_at = $2 WHERE id = $1 AND sent_at IS NULL",
                         {id, fate.sent_at});
    });
  }
  if (!stage.has_happened(fate.ends_at)) {
    stage.at(fate.ends_at, [=](Stage& then) {
      if (fate.bounce.empty()) {
        then.ledger.change("UPDATE demo_email_logs SET delivered_at = $2 WHERE id = $1", {id, fate.ends_at});
      } else {
        then.ledger.change("UPDATE demo_email_logs SET bounced_at = $2, bounce = $3 WHERE id = $1",
                           {id, fate.ends_at, text(fate.bounce)});
      }
    });
  }
  if (fate.complained_at == 0 || stage.has_happened(fate.complained_at)) return;
  stage.at(fate.complained_at, [=](Stage& then) {
    then.ledger.change("UPDATE demo_email_logs SET complained_at = $2 WHERE id = $1",
                       {id, fate.complained_at});
  });
}

void email(Stage& stage, Dice& dice, std::int64_t at) {
  const Customer customer = stage.customers.pick(dice, at);
  const std::string_view letter = template_of(dice);
  const EmailFate fate = email_fate(stage, dice, letter, at);
  const std::int64_t id = stage.ledger.next(DemoTable::EmailLogs);
  const bool bounces = !fate.bounce.empty();
  const sql::Value never;
  stage.ledger.add(
      DemoTable::EmailLogs,
      {id, customer.id, text(letter), at, stage.if_happened(fate.sent_at),
       bounces ? never : stage.if_happened(fate.ends_at), bounces ? stage.if_happened(fate.ends_at) : never,
       text(stage.has_happened(fate.ends_at) ? fate.bounce : ""),
       fate.complained_at == 0 ? never : stage.if_happened(fate.complained_at)});
  follow_email(stage, id, fate);
}

struct Attempt {
  std::string_view reason;  ///< "": it worked
  std::int64_t duration_ms = 0;
  std::int64_t at = 0;
};

std::vector<Attempt> attempts_of(const Stage& stage, Dice& dice, std::string_view endpoint, std::int64_t at) {
  static constexpr std::array<std::string_view, 5> kReasons{"timeout", "connect", "tls", "http_4xx",
                                                            "http_5xx"};
  static constexpr std::array<double, 5> kWeights{0.3, 0.2, 0.02, 0.13, 0.35};
  static constexpr std::array<std::int64_t, kAttemptsMax> kPauses{1, 30, 300, 3600, 21'600};
  std::vector<Attempt> attempts;
  bool works = false;
  while (!works && attempts.size() < kAttemptsMax) {
    at += kPauses[attempts.size()] + whole(dice.exponential(3));
    const double fails = (endpoint == "crm" ? 0.06 : 0.02) * stage.rhythm.trouble(at);
    // Who failed once rather fails again.
    works = !dice.chance(attempts.empty() ? fails : 0.4);
    Attempt attempt{works ? "" : kReasons[dice.weighted(kWeights)], 0, at};
    attempt.duration_ms = attempt.reason == "timeout" ? 10'000 : 5 + whole(dice.log_normal(120, 0.7));
    attempts.push_back(attempt);
  }
  return attempts;
}

void follow_webhook(Stage& stage, std::int64_t id, std::string_view endpoint,
                    const std::vector<Attempt>& attempts) {
  for (const Attempt& attempt : attempts) {
    stage.at(attempt.at, [=](Stage& then) {
      then.ledger.add(DemoTable::WebhookLogs, {then.ledger.next(DemoTable::WebhookLogs), id, text(endpoint),
                                               text(attempt.reason), attempt.duration_ms, attempt.at});
    });
  }
  if (stage.has_happened(attempts.back().at)) return;
  stage.at(attempts.back().at, [id, works = attempts.back().reason.empty()](Stage& then) {
    then.ledger.change("UPDATE demo_webhooks SET state = $2 WHERE id = $1",
                       {id, text(works ? "delivered" : "exhausted")});
  });
}

void webhook(Stage& stage, Dice& dice, std::int64_t at) {
  static constexpr std::array<double, 3> kWeights{0.5, 0.2, 0.3};
  const std::string_view endpoint = kEndpoints[dice.weighted(kWeights)];
  const std::vector<Attempt> attempts = attempts_of(stage, dice, endpoint, at);
  const std::int64_t id = stage.ledger.next(DemoTable::Webhooks);
  const bool is_over = stage.has_happened(attempts.back().at);
  const std::string_view end = attempts.back().reason.empty() ? "delivered" : "exhausted";
  stage.ledger.add(DemoTable::Webhooks, {id, text(endpoint), text(is_over ? end : "pending"), at});
  follow_webhook(stage, id, endpoint, attempts);
}

}  // namespace

void message(Stage& stage, Period slice) {
  const double customers = static_cast<double>(stage.customers.count_at(slice.begins));
  happen(stage, "emails", slice, customers * kEmailsPerDay,
         [&](Dice& dice, std::int64_t at) { email(stage, dice, at); });
  happen(stage, "webhooks", slice, customers * kWebhooksPerDay,
         [&](Dice& dice, std::int64_t at) { webhook(stage, dice, at); });
}

void send_waiting_email(Stage& stage, std::int64_t id) {
  Dice dice(stage.plan.seed, "waiting email", id);
  follow_email(stage, id, email_fate(stage, dice, "", stage.known_until));
}

std::string_view endpoint_named(std::string_view name) {
  const auto* const found = std::ranges::find(kEndpoints, name);
  return found == kEndpoints.end() ? kEndpoints.front() : *found;
}

void send_waiting_webhook(Stage& stage, std::int64_t id, std::string_view endpoint) {
  Dice dice(stage.plan.seed, "waiting webhook", id);
  follow_webhook(stage, id, endpoint, attempts_of(stage, dice, endpoint, stage.known_until));
}

}  // namespace picket::business
