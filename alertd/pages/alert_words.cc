#include "alertd/pages/alert_words.h"

#include <fmt/format.h>

#include "alertd/notify/notifier.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::alertd {
namespace {

constexpr std::size_t kLabelsMax = 160;  // bytes

std::string alerts_fire(std::size_t number) {
  return number == 1 ? "1 alert fires" : fmt::format("{} alerts fire", web::grouped(number));
}

std::string of_how_many(std::size_t part, std::size_t whole) {
  if (part == whole) return whole == 1 ? "it" : part == 2 ? "both" : "all of them";
  return fmt::format("{} of them", web::grouped(part));
}

std::string labels_text(const Labels& labels, bool with_name) {
  std::string text;
  for (const Label& label : labels) {
    if (!with_name && (label.name == "alertname" || label.name == "severity")) continue;
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", label.name, json_quote(label.value));
    if (text.size() > kLabelsMax) break;
  }
  return truncate(text, kLabelsMax);
}

}  // namespace

std::string headline(const AlertView& view) {
  const AlertsOverview& all = view.overview;
  if (!view.trouble.empty()) return "Nobody can be told";
  if (all.firing == 0 && view.failing_total > 0)
    return fmt::format("No alert fires, but {} of {} rules cannot be evaluated",
                       web::grouped(view.failing_total), web::grouped(view.rules));
  if (all.firing == 0) return "No alert fires";
  const std::string fires = alerts_fire(all.firing);
  if (all.nobody > 0)
    return fmt::format("{}, nobody was told of {}", fires, of_how_many(all.nobody, all.firing));
  if (all.waiting > 0)
    return fmt::format("{}, a message waits about {}", fires, of_how_many(all.waiting, all.firing));
  if (all.somebody == 0) return fmt::format("{}, muted", fires);
  return fmt::format("{}, somebody was told of {}", fires, of_how_many(all.somebody, all.firing));
}

std::string tab_of(const AlertView& view) {
  if (!view.trouble.empty()) return "no database";
  if (view.overview.nobody > 0) return fmt::format("{} untold", web::grouped(view.overview.nobody));
  return view.overview.firing == 0 ? "" : fmt::format("{} firing", web::grouped(view.overview.firing));
}

std::string_view word_of(Told told) {
  switch (told) {
    case Told::Nobody:
      return "nobody";
    case Told::Waiting:
      return "message waits";
    case Told::Somebody:
      return "told";
    case Told::Muted:
      break;
  }
  return "muted";
}

web::Tone tone_of(Told told) {
  switch (told) {
    case Told::Nobody:
      return web::Tone::Bad;
    case Told::Waiting:
      return web::Tone::Warning;
    case Told::Somebody:
      return web::Tone::Good;
    case Told::Muted:
      break;
  }
  return web::Tone::Info;
}

web::Tone tone_of(const Delivery& delivery) {
  switch (delivery.state) {
    case DeliveryState::Pending:
      return web::Tone::Warning;
    case DeliveryState::Delivered:
      return web::Tone::Good;
    case DeliveryState::Failed:
    case DeliveryState::Expired:
      return web::Tone::Bad;
    case DeliveryState::Superseded:
      break;
  }
  return web::Tone::Neutral;
}

std::string name_of(const Labels& labels) {
  const std::string& name = labels.get("alertname");
  return name.empty() ? "(no name)" : truncate(name, kLabelsMax);
}

std::string other_labels(const Labels& labels) {
  return labels_text(labels, false);
}

std::string text_of(const Labels& labels) {
  return labels_text(labels, true);
}

std::string summary_of(const Alert& alert) {
  const std::string& summary = alert.annotations.get("summary");
  return summary.empty() ? alert.annotations.get("description") : summary;
}

std::string recipient_of(std::string_view integration, std::string_view target) {
  const std::string name(integration.ends_with("[0]") ? integration_kind(integration) : integration);
  if (name.empty()) return truncate(target, kLabelsMax);
  return target.empty() ? name : fmt::format("{} {}", name, truncate(target, kLabelsMax));
}

std::string tries_of(const Delivery& delivery) {
  if (delivery.attempts == 0) return "not tried yet";
  return delivery.attempts == 1 ? "1 try" : fmt::format("{} tries", delivery.attempts);
}

std::string in_time(Timestamp time, Timestamp now) {
  return time <= now ? "now" : "in " + web::spoken(time - now);
}

std::string messages(std::size_t number) {
  return number == 1 ? "1 message" : fmt::format("{} messages", web::grouped(number));
}

}  // namespace picket::alertd
