#include "exporters/security/pages/events_page.h"

#include <fmt/format.h>

#include <array>

#include "base/text/escape.h"
#include "base/time/timestamp.h"
#include "base/web/form.h"
#include "base/web/parts.h"
#include "exporters/security/api/event_query.h"
#include "exporters/security/events/event_text.h"
#include "exporters/security/events/masking.h"
#include "exporters/security/pages/page_words.h"

namespace picket::security {
namespace {

using web::Html;

constexpr std::array<std::string_view, 9> kFilters = {"from",     "to",     "source",  "kind", "category",
                                                      "severity", "client", "account", "text"};

std::string asked(const Target& target, std::string_view name) {
  const std::string* value = target.param(name);
  return value == nullptr ? "" : readable_text(*value, 256);
}

/// The same events from another place on: "events?kind=attack&cursor=...".
std::string url_of(const Target& target, const std::string& cursor) {
  std::string url = "events";
  const auto add = [&url](std::string_view name, const std::string& value) {
    url +=
        fmt::format("{}{}={}", url.find('?') == std::string::npos ? '?' : '&', name, percent_encode(value));
  };
  for (const std::string_view name : kFilters) {
    if (const std::string value = asked(target, name); !value.empty()) add(name, value);
  }
  if (const std::string limit = asked(target, "limit"); !limit.empty()) add("limit", limit);
  if (!cursor.empty()) add("cursor", cursor);
  return url;
}

bool is_filtered(const Target& target) {
  return url_of(target, "") != "events";
}

Html severity_choice(const Target& target) {
  return web::select(
      {.label = "Severity at least",
       .name = "severity",
       .value = asked(target, "severity"),
       .options = {
           {"", "any"}, {"low", "low"}, {"medium", "medium"}, {"high", "high"}, {"critical", "critical"}}});
}

Html text_field(const Target& target, std::string_view label, std::string_view name) {
  const std::string value = asked(target, name);
  return web::input({.label = label, .name = name, .value = value, .optional = true});
}

/// As the browser's field for a time takes it: to the minute, or it would refuse its own value.
Html time_field(const Target& target, std::string_view label, std::string_view name) {
  const std::string text = asked(target, name);
  const Result<WallTime> time = parse_rfc3339(text);
  const std::string value = (time ? format_rfc3339(*time) : text).substr(0, 16);
  return web::input(
      {.label = label, .name = name, .type = "datetime-local", .value = value, .optional = true});
}

Html filters(const EventsView& view, const Target& target) {
  const std::string text = asked(target, "text");
  Html fields =
      web::input({.label = "Find", .name = "text", .type = "search", .value = text, .optional = true}) +
      severity_choice(target) + text_field(target, "Kind", "kind") + text_field(target, "Class", "category") +
      text_field(target, "Source", "source") + text_field(target, "Client or network", "client");
  if (!view.is_masked) fields += text_field(target, "Account", "account");
  fields += time_field(target, "From (UTC)", "from") + time_field(target, "To (UTC)", "to");
  return web::filter_form("events", fields + web::button("Show"));
}

Html pager(const EventsView& view, const Target& target) {
  std::vector<Html> items;
  if (!asked(target, "cursor").empty()) items.push_back(web::anchor(url_of(target, ""), "Newest"));
  if (view.page.next) items.push_back(web::anchor(url_of(target, to_string(*view.page.next)), "Older"));
  return items.empty() ? Html() : web::inline_list(items);
}

Html list(const EventsView& view, const Target& target) {
  if (!view.trouble.empty()) return web::alert(text_of(view.trouble));
  if (view.page.events.empty() && is_filtered(target))
    return web::paragraph("No event matches. " + web::anchor("events", "Show all"));
  if (view.page.events.empty())
    return web::paragraph(
        "No event is stored yet. Events come from the logs under sources and the targets under scans of the "
        "configuration file (--config.file).");
  std::vector<SecurityEvent> shown;
  shown.reserve(view.page.events.size());
  for (const SecurityEvent& event : view.page.events) shown.push_back(view.is_masked ? masked(event) : event);
  const Html pages = pager(view, target);
  return pages + event_table(shown, view.now) + pages;
}

}  // namespace

web::Page events_page(const EventsView& view, const Target& target) {
  web::Page page{.title = "Events", .width = web::Width::Wide};
  page.body = filters(view, target) + list(view, target);
  if (view.is_masked) page.body += masking_note();
  return page;
}

}  // namespace picket::security
