#include "authd/http/route_table.h"

namespace picket::authd {
namespace {

RouteOptions with_callers(RouteOptions options, const Access& access) {
  options.callers = callers_of(access);
  if (!access.anonymous) options.security = "login";
  return options;
}

}  // namespace

void RouteTable::get(std::string pattern, const Access& access, Action action, RouteOptions options) {
  router_.get(std::move(pattern), front_.serve(access, std::move(action)),
              with_callers(std::move(options), access));
}

void RouteTable::post(std::string pattern, const Access& access, Action action, RouteOptions options) {
  router_.post(std::move(pattern), front_.serve(access, std::move(action)),
               with_callers(std::move(options), access));
}

void RouteTable::put(std::string pattern, const Access& access, Action action, RouteOptions options) {
  router_.put(std::move(pattern), front_.serve(access, std::move(action)),
              with_callers(std::move(options), access));
}

void RouteTable::patch(std::string pattern, const Access& access, Action action, RouteOptions options) {
  router_.patch(std::move(pattern), front_.serve(access, std::move(action)),
                with_callers(std::move(options), access));
}

void RouteTable::del(std::string pattern, const Access& access, Action action, RouteOptions options) {
  router_.del(std::move(pattern), front_.serve(access, std::move(action)),
              with_callers(std::move(options), access));
}

void RouteTable::get_plain(std::string pattern, Handler handler, RouteOptions options) {
  router_.get(std::move(pattern), front_.plain(std::move(handler)),
              with_callers(std::move(options), for_anyone()));
}

void RouteTable::get_async(std::string pattern, const Access& access, AsyncHandler handler,
                           RouteOptions options) {
  router_.get_async(std::move(pattern), std::move(handler), with_callers(std::move(options), access));
}

}  // namespace picket::authd
