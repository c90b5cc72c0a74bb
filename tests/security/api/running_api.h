// The API and the pages behind a real server, over events, lists and targets that the test says.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/crypto/bcrypt.h"
#include "base/exec/mutex.h"
#include "base/http/server.h"
#include "exporters/security/api/security_api.h"
#include "exporters/security/events/event_table.h"
#include "exporters/security/events/event_text.h"
#include "exporters/security/pages/security_pages.h"
#include "tests/security/events/sample_events.h"
#include "tests/support/http_get.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/temp_dir.h"

namespace picket::security::test {

/// What a test sets while the threads of a server may read it.
template <class T>
class Shown {
 public:
  Shown& operator=(T value) {
    const MutexLock lock(mutex_);
    value_ = std::move(value);
    return *this;
  }
  T get() const {
    const MutexLock lock(mutex_);
    return value_;
  }

 private:
  mutable Mutex mutex_;
  T value_ GUARDED_BY(mutex_){};
};

class RunningApi {
 public:
  RunningApi() {
    const std::string hash = bcrypt_hash("a password", 4, "0123456789abcdef").value();
    open_ = serve("");
    closed_ = serve(dir_.write("web.yml", "basic_auth_users: {ops: " + hash + "}\n"));
  }

  void insert(std::vector<SecurityEvent> events) {
    for (SecurityEvent& event : events) {
      shorten(event);
      event = readable(event);
    }
    check(table_->insert(events).has_value(), "the events are inserted");
  }
  /// As somebody whom web.config.yml has not authenticated, or has.
  picket::test::HttpAnswer get(const std::string& target) const { return ask(*open_, target, ""); }
  picket::test::HttpAnswer get_as_ops(const std::string& target) const {
    return ask(*closed_, target, "ops");
  }
  picket::test::HttpAnswer get_as_stranger(const std::string& target) const {
    return ask(*closed_, target, "");
  }
  int port() const { return open_->server.port(); }

  Shown<std::vector<TopList>> top;
  Shown<std::vector<PostureTarget>> posture;
  Shown<std::string> trouble;  ///< the store does not answer

 private:
  struct Serving {
    Serving(const std::string& web_config, RunningApi& of, const SecurityApiSources& sources)
        : web(web_config, of.files_, of.random_),
          api(sources),
          pages(sources, of.manual_,
                [](const Target& target) {
                  return web::Site{.name = "security_exporter", .root = web::root_of(target)};
                }),
          server({.listen = {"127.0.0.1:0"}}, {router, pool, web, of.log_}) {
      api.add_routes(router);
      pages.add_routes(router);
      router.get("/favicon.ico", [](const Request&) { return Response::text(200, ""); });
      check(server.start().has_value(), "the server starts");
    }
    Router router;
    WorkerPool pool{"http", {4, 64}};
    WebConfigFile web;
    SecurityApi api;
    SecurityPages pages;
    Server server;
  };

  std::unique_ptr<Serving> serve(const std::string& web_config) {
    const SecurityApiSources sources{.events = [this](const EventFilter& filter) -> Result<EventPage> {
                                       if (const std::string why = trouble.get(); !why.empty())
                                         return fail(ErrorKind::Unavailable, why);
                                       return table_->events(filter);
                                     },
                                     .top = [this] { return top.get(); },
                                     .posture = [this] { return posture.get(); }};
    return std::make_unique<Serving>(web_config, *this, sources);
  }
  static picket::test::HttpAnswer ask(const Serving& serving, const std::string& target,
                                      const std::string& user) {
    return picket::test::http_send(
        {.method = "GET",
         .url = fmt::format("http://127.0.0.1:{}{}", serving.server.port(), target),
         .user = user,
         .password = user.empty() ? "" : "a password"});
  }

  picket::test::TempDir dir_;
  RealFiles files_;
  SystemRandom random_;
  SystemClock clock_;
  picket::test::ManualClock manual_;
  Logger log_{{}, clock_, [](std::string_view) {}};
  std::unique_ptr<EventTable> table_ =
      std::move(*EventTable::open(*sql::Dsn::parse(dir_.file("security.db"))));
  std::unique_ptr<Serving> open_, closed_;
};

}  // namespace picket::security::test
