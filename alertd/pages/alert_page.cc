#include "alertd/pages/alert_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "alertd/notify/notifier.h"
#include "alertd/pages/alert_words.h"
#include "base/text/escape.h"
#include "base/text/strings.h"
#include "base/web/parts.h"
#include "base/web/table.h"

namespace picket::alertd {
namespace {

using web::Html;
using web::Tone;

Html small(const Html& content) {
  return content.empty() ? Html() : web::element("small", {}, content);
}

web::Count tile(std::size_t number, std::string label, Tone tone, std::string href) {
  return {
      .number = number, .label = std::move(label), .tone = tone, .href = number == 0 ? "" : std::move(href)};
}

Html tiles(const AlertView& view) {
  const AlertsOverview& all = view.overview;
  return web::counts(
      {tile(all.nobody, "nobody was told", Tone::Bad, "#firing"),
       tile(all.waiting, "message waits", Tone::Warning, "#firing"),
       tile(all.somebody, "told", Tone::Info, "#firing"), tile(all.muted, "muted", Tone::Neutral, "#firing"),
       tile(view.pending_total, "pending", Tone::Neutral, "#pending"),
       tile(view.failing_total, "rules fail", Tone::Bad, "#rules"),
       tile(view.waiting.size() + view.failed.size(), "deliveries fail", Tone::Bad, "#failing")});
}

Html section(std::string_view id, std::string_view title) {
  return web::element("h2", {{"id", std::string(id)}}, title) + "\n";
}

/// How many more there are than the table shows, and where.
Html more(std::size_t total, std::size_t shown, std::string_view href) {
  if (total <= shown) return {};
  return web::paragraph(web::anchor(href, fmt::format("{} more", web::grouped(total - shown))));
}

Html alert_name(const Labels& labels) {
  return Html(name_of(labels)) + small(other_labels(labels));
}

Html annotations(const Alert& alert) {
  const std::string& runbook = alert.annotations.get("runbook_url");
  const bool is_link = runbook.starts_with("http://") || runbook.starts_with("https://");
  return Html(truncate(summary_of(alert), kTextMax)) +
         (is_link ? " " + web::anchor(runbook, "Runbook") : Html());
}

const Delivery* find(const std::vector<Delivery>& deliveries, const std::string& id) {
  const auto found = std::ranges::find(deliveries, id, &Delivery::id);
  return found == deliveries.end() ? nullptr : &*found;
}

Html telling(const Telling& one, const AlertView& view) {
  const std::string whom = recipient_of(one.integration, one.target);
  if (one.waiting.empty()) return small(Html(whom) + ", " + web::ago(one.at, view.now));
  const Delivery* delivery = find(view.waiting, one.waiting);
  const std::string tries = delivery == nullptr ? "not tried yet" : tries_of(*delivery);
  return small("waits: " + Html(whom) + ", " +
               web::anchor("api/v1/deliveries/" + percent_encode(one.waiting), tries));
}

/// The last message about the alert's groups that failed; null when none did.
const Delivery* failure_of(const FiringAlert& firing, const AlertView& view) {
  const auto found = std::ranges::find_if(view.failed, [&](const Delivery& delivery) {
    return std::ranges::find(firing.groups, delivery.stored_group_key) != firing.groups.end();
  });
  return found == view.failed.end() ? nullptr : &*found;
}

Html failure(const Delivery& delivery) {
  const std::string_view what =
      delivery.state == DeliveryState::Expired ? " was not reached: " : " refused it: ";
  return small(Html(recipient_of(delivery.integration, delivery.target)) + what +
               truncate(delivery.last_detail, kTextMax));
}

/// Nobody was told although nothing mutes it: why.
Html untold(const FiringAlert& firing, const AlertView& view) {
  if (!firing.has_integration) {
    return web::badge(Tone::Bad, "nobody") +
           small(fmt::format("receiver {} has no integration",
                             truncate(join(firing.receivers, ", "), kTextMax)));
  }
  const Delivery* failed = failure_of(firing, view);
  if (failed != nullptr) return web::badge(Tone::Bad, "nobody") + failure(*failed);
  return web::badge(Tone::Warning, "not yet") + small("will be sent " + in_time(firing.next_flush, view.now));
}

Html told(const FiringAlert& firing, const AlertView& view) {
  if (firing.told == Told::Nobody) return untold(firing, view);
  constexpr std::size_t kMost = 5;
  Html out = web::badge(tone_of(firing.told), word_of(firing.told));
  std::size_t shown = 0;
  for (const Telling& one : firing.tellings) {
    if (shown++ == kMost) break;
    out += telling(one, view);
  }
  if (firing.tellings.size() > kMost)
    out += small(fmt::format("and {} more", firing.tellings.size() - kMost));
  for (const MuteReason& reason : firing.muted)
    out += small(reason.kind + ": " + truncate(reason.by, kTextMax));
  const Delivery* failed = failure_of(firing, view);
  return failed == nullptr ? out : out + failure(*failed);
}

Html firing(const AlertView& view) {
  std::vector<web::Row> rows;
  rows.reserve(view.overview.alerts.size());
  for (const FiringAlert& one : view.overview.alerts) {
    rows.push_back({alert_name(one.alert.labels), told(one, view),
                    std::string(one.alert.labels.get("severity")), web::ago(one.alert.starts_at, view.now),
                    annotations(one.alert), join(one.receivers, ", ")});
  }
  if (rows.empty()) return {};
  using enum web::Cell;
  return section("firing", "What fires and who was told") +
         web::table({{"Alert", Name},
                     {"Told", Text},
                     {"Severity", Mark},
                     {"Since", Mark},
                     "Summary",
                     {"Receiver", Name}},
                    rows, "Firing alerts") +
         more(view.overview.firing, rows.size(), "api/v1/alerts");
}

Html failing_rules(const AlertView& view) {
  if (view.failing.empty()) return {};
  std::vector<web::Row> rows;
  rows.reserve(view.failing.size());
  for (const FailingRule& rule : view.failing) {
    rows.push_back(
        {rule.name, rule.group, truncate(rule.error, kTextMax),
         rule.last_evaluation == kNever ? Html("never") : web::ago(rule.last_evaluation, view.now)});
  }
  return section("rules", "Rules that cannot be evaluated") +
         web::table({{"Rule", web::Cell::Name},
                     {"Group", web::Cell::Name},
                     "Error",
                     {"Last evaluation", web::Cell::Mark}},
                    rows, "Failing rules") +
         more(view.failing_total, rows.size(), "api/v1/rules");
}

web::Row delivery_row(const Delivery& delivery, const AlertView& view) {
  const bool is_pending = delivery.state == DeliveryState::Pending;
  const std::string state =
      is_pending && delivery.attempts > 0 ? "next try " + in_time(delivery.next_try_at, view.now) : "";
  return {Html(recipient_of(delivery.integration, delivery.target)) + small(delivery.receiver),
          web::badge(tone_of(delivery), to_string(delivery.state)) + small(state),
          web::ago(is_pending ? delivery.created_at : delivery.finished_at, view.now),
          delivery.status,
          Html(truncate(delivery.summary, kTextMax)) + small(truncate(delivery.last_detail, kTextMax)),
          web::anchor("api/v1/deliveries/" + percent_encode(delivery.id), tries_of(delivery))};
}

Html delivery_table(const std::vector<web::Row>& rows, std::string_view name) {
  using enum web::Cell;
  return web::table(
      {{"To", Name}, {"State", Text}, {"When", Mark}, {"About", Mark}, "Message", {"Tries", Mark}}, rows,
      name);
}

Html failing_deliveries(const AlertView& view) {
  std::vector<web::Row> rows;
  for (const auto* list : {&view.waiting, &view.failed}) {
    for (const Delivery& delivery : *list) rows.push_back(delivery_row(delivery, view));
  }
  Html waiting;
  for (const Outbox::Depth& depth : view.depths) {
    const bool is_stuck = std::ranges::any_of(view.waiting, [&](const Delivery& delivery) {
      return delivery.integration_id == depth.integration_id;
    });
    if (!is_stuck) continue;
    const auto& first = *std::ranges::find(view.waiting, depth.integration_id, &Delivery::integration_id);
    waiting +=
        web::paragraph(Html(fmt::format("{} of {}: {} waiting, the oldest since ", first.integration,
                                        first.receiver, messages(static_cast<std::size_t>(depth.pending)))) +
                       web::ago(depth.oldest, view.now) + ".");
  }
  if (rows.empty()) return {};
  return section("failing", "Deliveries that fail") + waiting + delivery_table(rows, "Failing deliveries");
}

Html last_deliveries(const AlertView& view) {
  if (!view.ledger_trouble.empty()) {
    return section("deliveries", "Last deliveries") +
           web::alert("The deliveries cannot be read: " + view.ledger_trouble);
  }
  std::vector<web::Row> rows;
  rows.reserve(view.last.size());
  for (const Delivery& delivery : view.last) rows.push_back(delivery_row(delivery, view));
  const Html content = rows.empty() ? web::paragraph("No message has been written yet.")
                                    : delivery_table(rows, "Last deliveries");
  return section("deliveries", "Last deliveries") + content +
         web::link("api/v1/deliveries", "All deliveries (JSON)");
}

Html groups(const AlertView& view) {
  std::vector<web::Row> rows;
  rows.reserve(view.overview.groups.size());
  for (const GroupSummary& group : view.overview.groups) {
    const std::string muted = group.muted ? group.muted->kind + ": " + group.muted->by : "";
    rows.push_back({group.labels.empty() ? Html("all alerts") : Html(text_of(group.labels)), group.receiver,
                    web::grouped(group.firing), in_time(group.next_flush, view.now),
                    truncate(muted, kTextMax)});
  }
  if (rows.empty()) return {};
  using enum web::Cell;
  return section("groups", "Groups") +
         web::table({"Group", {"Receiver", Name}, {"Firing", Number}, {"Next message", Mark}, "Muted"}, rows,
                    "Groups") +
         more(view.overview.groups_total, rows.size(), "api/v2/alerts/groups");
}

Html pending(const AlertView& view) {
  std::vector<web::Row> rows;
  rows.reserve(view.pending.size());
  for (const PendingAlert& alert : view.pending) {
    rows.push_back({alert_name(alert.labels), web::ago(alert.since, view.now),
                    in_time(alert.since + alert.hold, view.now)});
  }
  if (rows.empty()) return {};
  using enum web::Cell;
  return section("pending", "Pending: not firing yet") +
         web::table({{"Alert", Name}, {"Since", Mark}, {"Fires", Mark}}, rows, "Pending alerts") +
         more(view.pending_total, rows.size(), "api/v1/alerts");
}

}  // namespace

web::Page alert_page(const AlertView& view) {
  web::Page page{.title = headline(view), .width = web::Width::Wide, .tab = tab_of(view)};
  if (!view.trouble.empty()) page.body += web::alert("Nobody can be told now: " + view.trouble);
  page.body += tiles(view) + firing(view) + failing_deliveries(view) + failing_rules(view) +
               last_deliveries(view) + pending(view) + groups(view);
  if (view.rules == 0 && view.trouble.empty())
    page.body += web::paragraph("No rule is loaded: rule_files of the configuration names none.");
  return page;
}

}  // namespace picket::alertd
