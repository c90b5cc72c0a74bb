// Adds routes to the router, each with who may call it. Nothing else of authd adds any, so that what a route
// does not declare is for nobody. Filled at start.
#pragma once

#include <string>

#include "authd/http/front.h"

namespace picket::authd {

class RouteTable {
 public:
  /// Both must outlive the table and its handlers.
  RouteTable(Router& router, Front& front) : router_(router), front_(front) {}

  void get(std::string pattern, const Access& access, Action action, RouteOptions options);
  void post(std::string pattern, const Access& access, Action action, RouteOptions options);
  void put(std::string pattern, const Access& access, Action action, RouteOptions options);
  void patch(std::string pattern, const Access& access, Action action, RouteOptions options);
  void del(std::string pattern, const Access& access, Action action, RouteOptions options);
  /// For everybody, and without the store.
  void get_plain(std::string pattern, Handler handler, RouteOptions options);
  /// Of a handler that finds out and decides itself who asks: `access` is what it does.
  void get_async(std::string pattern, const Access& access, AsyncHandler handler, RouteOptions options);

  const Router& router() const { return router_; }
  Front& front() { return front_; }

 private:
  Router& router_;
  Front& front_;
};

}  // namespace picket::authd
