#include "exporters/health/pages/status_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "base/text/strings.h"
#include "base/time/timestamp.h"
#include "base/web/chart.h"
#include "base/web/form.h"
#include "base/web/parts.h"
#include "base/web/table.h"

namespace picket::health {
namespace {

using web::Html;
using web::Tone;

constexpr std::size_t kMessageMax = 300;  // bytes
constexpr std::size_t kTargetMax = 80;
constexpr std::size_t kFilterFrom = 10;  // services, from which on one looks for some
constexpr std::size_t kGroupsShown = 12;
constexpr std::size_t kGroupsToChoose = 200;  // with more, the name is typed
/// Worst first: the order of the tiles.
constexpr std::array<State, kStateCount> kByAttention = {State::Down, State::Degraded, State::Unknown,
                                                         State::Maintenance, State::Operational};
constexpr std::string_view kFirstCheck =
    "checks:\n"
    "- name: website\n"
    "  interval: 30s\n"
    "  prober: {http: {url: \"https://www.example.org/\"}}\n";

Tone tone_of(State state) {
  switch (state) {
    case State::Operational:
      return Tone::Good;
    case State::Degraded:
      return Tone::Warning;
    case State::Down:
      return Tone::Bad;
    case State::Maintenance:
      return Tone::Info;
    case State::Unknown:
      break;
  }
  return Tone::Neutral;
}

std::string services_are(std::size_t number, std::string_view what) {
  return fmt::format("{} {} {}", web::grouped(number), number == 1 ? "service is" : "services are", what);
}

/// What the page says first.
std::string headline(const StatusView& view) {
  if (view.total == 0) return "No services yet";
  for (const State state : {State::Down, State::Degraded, State::Unknown}) {
    const std::size_t number = view.counts[index_of(state)];
    if (number > 0) return services_are(number, to_string(state));
  }
  if (view.counts[index_of(State::Maintenance)] == view.total) return "All services are in maintenance";
  return "All services are operational";
}

std::string tab_of(const StatusView& view) {
  for (const State state : {State::Down, State::Degraded}) {
    const std::size_t number = view.counts[index_of(state)];
    if (number > 0) return fmt::format("{} {}", web::grouped(number), to_string(state));
  }
  return "";
}

/// `query` with another filter begins at its first page.
StatusQuery with_state(StatusQuery query, std::optional<State> state) {
  query.state = state;
  query.page = 1;
  return query;
}

StatusQuery with_group(StatusQuery query, const std::string& group) {
  query.group = group;
  query.page = 1;
  return query;
}

Html summary(const StatusView& view) {
  std::vector<web::Count> tiles;
  for (const State state : kByAttention) {
    const bool is_current = view.query.state == state;
    tiles.push_back({.number = view.counts[index_of(state)],
                     .label = std::string(to_string(state)),
                     .tone = tone_of(state),
                     .href = url_of(with_state(view.query, is_current ? std::nullopt : std::optional(state))),
                     .is_current = is_current});
  }
  Html out = web::counts(tiles);
  if (view.flapping > 0)
    out += web::paragraph(services_are(view.flapping, "flapping: the state changes often."));
  return out;
}

std::string word_of(const GroupView& group) {
  const std::size_t number = group.counts[index_of(group.worst)];
  if (number == group.total) return fmt::format("{} {}", web::grouped(number), to_string(group.worst));
  return fmt::format("{} of {} {}", web::grouped(number), web::grouped(group.total), to_string(group.worst));
}

Html groups(const StatusView& view) {
  if (view.groups.size() < 2) return {};
  const std::size_t shown = std::min(view.groups.size(), kGroupsShown);
  std::vector<Html> items;
  for (const GroupView& group : std::span(view.groups).first(shown)) {
    const std::string url = url_of(with_group(with_state(view.query, std::nullopt), group.name));
    items.push_back(web::anchor(url, group.title) + " " + web::badge(tone_of(group.worst), word_of(group)));
  }
  if (view.groups.size() > shown)
    items.push_back(web::muted(web::grouped(view.groups.size() - shown) + " more"));
  return web::heading("Groups") + web::inline_list(items);
}

Html state_choice(const StatusView& view) {
  std::vector<web::Option> states = {{"", "all"}};
  for (const State state : kByAttention)
    states.push_back({std::string(to_string(state)), std::string(to_string(state))});
  return web::select({.label = "State",
                      .name = "state",
                      .value = view.query.state ? to_string(*view.query.state) : "",
                      .options = std::move(states)});
}

Html group_choice(const StatusView& view) {
  if (view.groups.size() < 2) return {};
  if (view.groups.size() > kGroupsToChoose)
    return web::input({.label = "Group", .name = "group", .value = view.query.group, .optional = true});
  std::vector<web::Option> groups;
  groups.reserve(view.groups.size() + 1);
  for (const GroupView& group : view.groups) groups.push_back({group.name, group.title});
  std::ranges::sort(groups, {}, &web::Option::label);
  groups.insert(groups.begin(), {"", "all"});
  return web::select(
      {.label = "Group", .name = "group", .value = view.query.group, .options = std::move(groups)});
}

Html filters(const StatusView& view) {
  const bool is_filtered = url_of(with_state(view.query, view.query.state)) != "./";
  if (view.total <= kFilterFrom && !is_filtered) return {};
  const Html text = web::input(
      {.label = "Find", .name = "q", .type = "search", .value = view.query.text, .optional = true});
  return web::filter_form("./", text + state_choice(view) + group_choice(view) + web::button("Show"));
}

/// "tcp 192.0.2.1:443", "https://example.org/", "heartbeat".
std::string probed(const ServiceView& service) {
  if (service.target.empty()) return service.kind;
  const bool is_url = service.target.find("://") != std::string::npos;
  return truncate(is_url ? service.target : service.kind + " " + service.target, kTargetMax);
}

Html name_of(const ServiceView& service) {
  return Html(service.name) + web::element("small", {}, probed(service));
}

Html state_of(const ServiceView& service) {
  Html state = web::badge(tone_of(service.state), to_string(service.state));
  if (service.flapping) state += " " + web::badge(Tone::Warning, "flapping");
  return state;
}

std::string latency_of(const ServiceView& service) {
  if (!service.latency) return "";
  const double millis = seconds(*service.latency) * 1e3;
  if (millis < 10) return fmt::format("{:.1f} ms", millis);
  return millis < 1000 ? fmt::format("{:.0f} ms", millis) : fmt::format("{:.1f} s", millis / 1e3);
}

/// Rounded down: less than everything is never 100 %.
std::string percent(double share) {
  if (share >= 1) return "100 %";
  return fmt::format("{:.2f} %", std::floor(share * 1e4) / 1e2);
}

/// From the longest window to the shortest, between 90 % and 100 %.
Html uptime_bars(const ServiceView& service) {
  constexpr double kLow = 0.9;
  std::vector<web::Bar> bars;
  std::string title = "Uptime:";
  for (std::size_t i = kUptimeWindows.size(); i-- > 0;) {
    const double share = service.uptime[i];
    const Tone tone = share >= 0.999 ? Tone::Good : share >= 0.99 ? Tone::Warning : Tone::Bad;
    const double height = share < 0 ? std::numeric_limits<double>::quiet_NaN() : (share - kLow) / (1 - kLow);
    bars.push_back({height, tone});
    title += fmt::format(" {} {}{}", kUptimeWindows[i].name, share < 0 ? "unknown" : percent(share),
                         i > 0 ? "," : "");
  }
  const bool is_known = std::ranges::any_of(service.uptime, [](double share) { return share >= 0; });
  return is_known ? web::bars(bars, title) : Html();
}

Html uptime_of(const ServiceView& service) {
  Html out = uptime_bars(service);
  for (std::size_t i = 0; i < kUptimeWindows.size(); ++i) {
    const std::string_view window = kUptimeWindows[i].name;
    const bool is_shown = (window == "24h" || window == "30d") && service.uptime[i] >= 0;
    if (is_shown) out += web::element("small", {}, fmt::format("{} {}", window, percent(service.uptime[i])));
  }
  return out;
}

Html error_of(const ServiceView& service, WallTime now) {
  if (!service.last_error) return {};
  const LastError& error = *service.last_error;
  const std::string_view reason = error.reason == FailureReason::None ? "warning" : to_string(error.reason);
  const std::string message = truncate(error.message, kMessageMax);
  return Html(message) + web::element("small", {}, std::string(reason) + ", " + web::ago(error.at, now));
}

Html services(const StatusView& view) {
  std::vector<web::Row> rows;
  rows.reserve(view.services.size());
  for (const ServiceView& service : view.services) {
    rows.push_back({name_of(service), service.group, state_of(service), web::ago(service.since, view.now),
                    latency_of(service), uptime_of(service), error_of(service, view.now),
                    service.recommendation});
  }
  using enum web::Cell;
  return web::table({{"Service", Name},
                     {"Group", Name},
                     {"State", Mark},
                     {"Since", Mark},
                     {"Latency", Number},
                     {"Uptime", Mark},
                     "Last error",
                     "What to look at"},
                    rows, "Services");
}

Html pager(const StatusView& view) {
  if (view.matching <= kServicesPerPage) return {};
  std::vector<Html> items = {fmt::format("{} to {} of {}", web::grouped(view.first + 1),
                                         web::grouped(view.first + view.services.size()),
                                         web::grouped(view.matching))};
  StatusQuery other = view.query;
  if (view.query.page > 1) {
    other.page = view.query.page - 1;
    items.push_back(web::anchor(url_of(other), "Previous"));
  }
  if (view.first + view.services.size() < view.matching) {
    other.page = view.query.page + 1;
    items.push_back(web::anchor(url_of(other), "Next"));
  }
  return web::inline_list(items);
}

Html first_steps() {
  return web::paragraph("The configuration file (--config.file) names no service. Add the first one to it:") +
         web::code_block(kFirstCheck) +
         web::paragraph(
             "Then let the daemon read the file again, with a POST to /-/reload or the signal HUP. "
             "The service appears here with the first probe.");
}

Html list(const StatusView& view) {
  Html out = web::heading("Services");
  if (view.query.is_odd) out += web::alert("The filter in the address is not known and was left out.");
  out += filters(view);
  if (!view.services.empty()) return out + pager(view) + services(view) + pager(view);
  return out + web::paragraph("No service matches. " + web::anchor("./", "Show all"));
}

}  // namespace

web::Page status_page(const StatusView& view) {
  web::Page page{.title = headline(view), .width = web::Width::Wide, .tab = tab_of(view)};
  if (view.total == 0) {
    page.body = first_steps();
    return page;
  }
  const std::string time = format_rfc3339(view.now);
  page.body =
      web::paragraph(web::muted(fmt::format(
          "{} of {} operational at {} {} UTC", web::grouped(view.counts[index_of(State::Operational)]),
          web::grouped(view.total), time.substr(0, 10), time.substr(11, 8)))) +
      summary(view) + groups(view) + list(view);
  return page;
}

}  // namespace picket::health
