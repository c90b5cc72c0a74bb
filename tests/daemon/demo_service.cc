#include "tests/daemon/demo_service.h"

#include <future>

#include "base/config/reader.h"
#include "base/exec/mutex.h"
#include "base/web/parts.h"

namespace picket::test {
namespace {

struct DemoConfig {
  std::string message;
  std::string unready;  ///< why it is not ready
  std::string hold;     ///< why /metrics does not answer
  bool start_fails = false;
  Duration slow{};  ///< how long /slow takes
};

void read_yaml(MapReader& r, DemoConfig& c) {
  r.require("message", c.message);
  r.read("unready", c.unready);
  r.read("hold", c.hold);
  r.read("start_fails", c.start_fails);
  r.read("slow", c.slow);
}

class DemoService final : public Service, public Collector {
 public:
  explicit DemoService(DaemonContext& context) : context_(context) {
    context.router.get("/message", [this](const Request&) { return Response::text(200, config().message); },
                       {"message", "The <message>", true});
    context.router.get("/slow", [this](const Request&) { return slow(); });
    context.router.get("/url",
                       [this](const Request&) { return Response::text(200, context_.flags.external_url); });
    context.metrics.add(*this);
  }

  Result<void> load() override {
    Result<DemoConfig> loaded = load_config<DemoConfig>(context_.flags.config_file, context_.files);
    if (!loaded) return fail(loaded);
    const MutexLock lock(mutex_);
    config_ = std::move(*loaded);
    return {};
  }
  Result<void> start() override {
    if (config().start_fails) return fail(ErrorKind::Unavailable, "no luck today");
    return {};
  }
  std::string unready_reason() const override { return config().unready; }
  std::string metrics_hold() const override { return config().hold; }
  /// For ?own in the query alone.
  std::optional<web::Page> front_page(const Request& request) const override {
    if (request.target.param("own") == nullptr) return std::nullopt;
    return web::Page{.title = "Messages", .body = web::paragraph(config().message)};
  }
  void stop() override { context_.log.info("demo service stopped"); }

  std::string_view name() const override { return "demo"; }
  std::unique_ptr<Collection> collect() override {
    return collect_once([message = config().message](MetricWriter& writer) {
      writer.info("demo_message_info", "Constant 1, holds the message.", {"message"}).sample({message}, 1);
    });
  }

 private:
  DemoConfig config() const {
    const MutexLock lock(mutex_);
    return config_;
  }

  Response slow() {
    const Duration time = config().slow;
    std::promise<void> passed;
    context_.scheduler.after(time, [&passed] { passed.set_value(); });
    passed.get_future().wait();
    return Response::text(200, "slow\n");
  }

  DaemonContext& context_;
  mutable Mutex mutex_;
  DemoConfig config_ GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<Service> make_demo_service(DaemonContext& context) {
  return std::make_unique<DemoService>(context);
}

Result<void> check_demo_config(const DaemonFlags& flags, const Files& files) {
  const Result<DemoConfig> loaded = load_config<DemoConfig>(flags.config_file, files);
  if (!loaded) return fail(loaded);
  return {};
}

}  // namespace picket::test
