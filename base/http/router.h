// Which handler answers which path. Knows its routes, so that 404, 405 with Allow, HEAD and OpenAPI come from
// one place. Filled at start, then read from any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/http/message.h"

namespace picket {

/// Runs on a WorkerPool and may block.
using Handler = std::function<Response(const Request&)>;
/// Answers once, from any thread. Dropping it unanswered is a 500.
using Responder = std::function<void(Response)>;
/// For work that waits on sockets, such as /probe. Runs on a WorkerPool and returns soon.
using AsyncHandler = std::function<void(Request, Responder)>;

/// The answer to an OPTIONS request of a path that exists, in place of the plain one: CORS. Takes
/// microseconds.
using OptionsHandler = std::function<std::optional<Response>(const Request&)>;

/// For OpenAPI; the parts of the path are known from the pattern.
struct RouteParameter {
  std::string name;
  std::string place = "query";  ///< or "header"
  std::string description{};
  std::string type = "string";  ///< of JSON Schema
  bool required = false;
};

struct RouteOptions {
  std::string name{};       ///< the `handler` label of the request metrics; default: the pattern
  std::string summary{};    ///< one line for OpenAPI and the landing page
  bool on_landing = false;  ///< linked from /
  bool quick = false;       ///< never blocks and takes microseconds: runs on the server's own threads
  // For OpenAPI alone:
  std::string tag{};  ///< the chapter it stands in
  std::string description{};
  std::vector<RouteParameter> parameters{};
  std::string request_type = "application/json";
  std::string request_schema{};  ///< a name under the document's schemas; "": no body
  std::string response_type = "application/json";
  std::string response_schema{};  ///< of 200; "": no JSON
  std::string error_schema{};     ///< of errors that are JSON instead of a problem (RFC 9457); "": none are
  std::string security{};         ///< a name under the document's security schemes; "": open to everybody
  std::vector<std::pair<std::string, std::string>> callers{};  ///< who may call it, as x-callers
};

struct Route {
  Method method = Method::Get;
  std::string
      pattern;  ///< "/api/v1/health/services/{name}"; "{rest...}" as last part takes the remaining path
  RouteOptions options;
  AsyncHandler handler;
};

class Router {
 public:
  void get(std::string pattern, Handler handler, RouteOptions options = {});
  void post(std::string pattern, Handler handler, RouteOptions options = {});
  void put(std::string pattern, Handler handler, RouteOptions options = {});
  void patch(std::string pattern, Handler handler, RouteOptions options = {});
  void del(std::string pattern, Handler handler, RouteOptions options = {});
  void get_async(std::string pattern, AsyncHandler handler, RouteOptions options = {});
  void post_async(std::string pattern, AsyncHandler handler, RouteOptions options = {});
  void put_async(std::string pattern, AsyncHandler handler, RouteOptions options = {});

  void options(OptionsHandler handler) { options_ = std::move(handler); }
  std::optional<Response> answer_options(const Request& request) const {
    return options_ ? options_(request) : std::nullopt;
  }

  struct Match {
    const Route* route = nullptr;  ///< null: no route; then `allow` tells 404 from 405
    std::vector<std::pair<std::string, std::string>> params;
    std::string allow;  ///< "GET, HEAD, POST" when the path exists under other methods
  };
  /// HEAD finds the GET route. Literal parts win over {parts}.
  Match match(Method method, std::string_view path) const;
  const std::vector<Route>& routes() const { return routes_; }
  /// "GET, HEAD, POST, OPTIONS": what some route answers, for OPTIONS *.
  std::string methods() const;

 private:
  void add(Method method, std::string pattern, AsyncHandler handler, RouteOptions options);
  std::vector<Route> routes_;
  OptionsHandler options_;
};

}  // namespace picket
