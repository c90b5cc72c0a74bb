#include "base/http/router.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/result/result.h"
#include "base/text/strings.h"

namespace picket {
namespace {

using Params = std::vector<std::pair<std::string, std::string>>;

bool is_param(std::string_view part) {
  return part.size() > 2 && part.front() == '{' && part.back() == '}';
}
bool is_rest(std::string_view part) {
  return is_param(part) && part.ends_with("...}");
}

/// Per part: literals beat {name} beats {rest...}, from the left. Smaller is better.
std::string rank(std::string_view pattern) {
  std::string result;
  for (const std::string_view part : split(pattern, '/')) {
    result.push_back(is_rest(part) ? '2' : is_param(part) ? '1' : '0');
  }
  return result;
}

/// The route whose pattern is the path itself, without {parts}: most requests, and no part is looked at.
const Route* find_literal(const std::vector<Route>& routes, Method method, std::string_view path) {
  if (path.find('{') != std::string_view::npos) return nullptr;
  for (const Route& route : routes) {
    if (route.method == method && route.pattern == path) return &route;
  }
  return nullptr;
}

std::string rest_of(std::span<const std::string_view> parts) {
  std::string rest;
  for (const std::string_view part : parts) {
    if (!rest.empty()) rest.push_back('/');
    rest.append(part);
  }
  return rest;
}

bool matches(std::string_view pattern, std::string_view path, Params& params) {
  const std::vector<std::string_view> wanted = split(pattern, '/');
  const std::vector<std::string_view> given = split(path, '/');
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const std::string_view part = wanted[i];
    if (is_rest(part)) {
      if (i >= given.size()) return false;
      params.emplace_back(part.substr(1, part.size() - 5), rest_of(std::span(given).subspan(i)));
      return true;
    }
    if (i >= given.size()) return false;
    if (!is_param(part)) {
      if (part != given[i]) return false;
      continue;
    }
    if (given[i].empty()) return false;
    params.emplace_back(part.substr(1, part.size() - 2), given[i]);
  }
  return wanted.size() == given.size();
}

AsyncHandler wrap(Handler handler) {
  return [handler = std::move(handler)](const Request& request, const Responder& respond) {
    respond(handler(request));
  };
}

/// With what every path answers, too: HEAD where there is GET, and OPTIONS.
std::string allow_text(std::vector<Method> methods) {
  if (std::find(methods.begin(), methods.end(), Method::Get) != methods.end())
    methods.push_back(Method::Head);
  methods.push_back(Method::Options);
  static constexpr std::array kOrder{Method::Get,   Method::Head,   Method::Post,   Method::Put,
                                     Method::Patch, Method::Delete, Method::Options};
  std::string text;
  for (const Method method : kOrder) {
    if (std::find(methods.begin(), methods.end(), method) == methods.end()) continue;
    if (!text.empty()) text.append(", ");
    text.append(to_string(method));
  }
  return text;
}

}  // namespace

void Router::get(std::string pattern, Handler handler, RouteOptions options) {
  add(Method::Get, std::move(pattern), wrap(std::move(handler)), std::move(options));
}
void Router::post(std::string pattern, Handler handler, RouteOptions options) {
  add(Method::Post, std::move(pattern), wrap(std::move(handler)), std::move(options));
}
void Router::put(std::string pattern, Handler handler, RouteOptions options) {
  add(Method::Put, std::move(pattern), wrap(std::move(handler)), std::move(options));
}
void Router::patch(std::string pattern, Handler handler, RouteOptions options) {
  add(Method::Patch, std::move(pattern), wrap(std::move(handler)), std::move(options));
}
void Router::del(std::string pattern, Handler handler, RouteOptions options) {
  add(Method::Delete, std::move(pattern), wrap(std::move(handler)), std::move(options));
}
void Router::get_async(std::string pattern, AsyncHandler handler, RouteOptions options) {
  add(Method::Get, std::move(pattern), std::move(handler), std::move(options));
}
void Router::post_async(std::string pattern, AsyncHandler handler, RouteOptions options) {
  add(Method::Post, std::move(pattern), std::move(handler), std::move(options));
}
void Router::put_async(std::string pattern, AsyncHandler handler, RouteOptions options) {
  add(Method::Put, std::move(pattern), std::move(handler), std::move(options));
}

void Router::add(Method method, std::string pattern, AsyncHandler handler, RouteOptions options) {
  check(pattern.starts_with('/'), "a route's pattern starts with /");
  for (const Route& route : routes_) {
    check(route.method != method || route.pattern != pattern, "two routes with one method and pattern");
  }
  if (options.name.empty()) options.name = pattern;
  routes_.push_back({method, std::move(pattern), std::move(options), std::move(handler)});
}

Router::Match Router::match(Method method, std::string_view path) const {
  const Method wanted = method == Method::Head ? Method::Get : method;
  if (const Route* literal = find_literal(routes_, wanted, path))
    return {.route = literal, .params = {}, .allow = {}};
  Match best;
  std::string best_rank;
  std::vector<Method> allowed;
  for (const Route& route : routes_) {
    Params params;
    if (!matches(route.pattern, path, params)) continue;
    allowed.push_back(route.method);
    if (route.method != wanted) continue;
    std::string route_rank = rank(route.pattern);
    if (best.route && best_rank <= route_rank) continue;
    best.route = &route;
    best.params = std::move(params);
    best_rank = std::move(route_rank);
  }
  if (best.route || allowed.empty()) return best;
  best.allow = allow_text(allowed);
  return best;
}

std::string Router::methods() const {
  std::vector<Method> all;
  all.reserve(routes_.size());
  for (const Route& route : routes_) all.push_back(route.method);
  return allow_text(all);
}

}  // namespace picket
