#include "tools/demo/shop/shop.h"

#include <fmt/format.h>

#include <atomic>

#include "base/text/escape.h"
#include "tools/demo/incidents.h"
#include "tools/demo/shop/shop_metrics.h"

namespace picket::demo {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kCatalogueBytes = std::size_t{32} << 20U;
constexpr std::size_t kPiece = std::size_t{64} << 10U;
constexpr Duration kSlow = milliseconds(2100);

/// A number of its own for each request, spread over all 64 bits (SplitMix64).
std::uint64_t spread(std::uint64_t number) {
  number += 0x9e3779b97f4a7c15ULL;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9ULL;
  number = (number ^ (number >> 27)) * 0x94d049bb133111ebULL;
  return number ^ (number >> 31);
}

/// The whole catalogue, which is as large as it is dull.
class Catalogue final : public BodyStream {
 public:
  bool next(std::string& out) override {
    out.append(kPiece, 'x');
    left_ -= kPiece;
    return left_ > 0;
  }

 private:
  std::size_t left_ = kCatalogueBytes;
};

Response page(const Request& request, const std::string& title, const std::string& text) {
  const std::string visitor = request.headers.get("Remote-User");
  return Response::html(fmt::format(
      "<!doctype html><html lang=en><title>{0}</title><h1>{0}</h1><p>{1}</p><p>{2}</p>"
      "<p><a href=/shop>Start</a> <a href=/products>Products</a> <a href=/cart>Cart</a> "
      "<a href=/account>Your account</a></p></html>\n",
      escape_html(title), escape_html(text),
      visitor.empty() ? std::string("Nobody is logged in.") : "Hello " + escape_html(visitor) + "."));
}

class Shop final : public Service {
 public:
  explicit Shop(DaemonContext& context)
      : context_(context), metrics_(context.clock), began_(context.clock.mono()) {
    context.metrics.add(metrics_);
    add_pages();
    serve_get("/search", milliseconds(45), [](const Request& request) {
      const std::string* asked = request.target.param("q");
      return page(request, "Search", asked == nullptr ? "What for?" : "Nothing is called " + *asked + ".");
    });
    serve_get("/catalogue", milliseconds(5), [](const Request&) {
      Response answer;
      answer.headers.set("Content-Type", "application/octet-stream");
      answer.stream = std::make_shared<Catalogue>();
      return answer;
    });
    context.router.post_async("/checkout", serve("POST", "/checkout", milliseconds(120),
                                                 [this](const Request& r) { return check_out(r); }));
    context.router.post_async("/hooks/chat", serve("POST", "/hooks/chat", milliseconds(10),
                                                   [this](const Request&) { return take_message(); }));
  }

  Result<void> load() override { return {}; }
  Result<void> start() override { return {}; }
  std::string unready_reason() const override { return {}; }
  void stop() override {}

 private:
  void add_pages() {
    serve_get("/shop", milliseconds(8), [](const Request& r) { return page(r, "The shop", "Welcome."); });
    serve_get("/products", milliseconds(30),
              [](const Request& r) { return page(r, "Products", "Screws, nails, and a hammer."); });
    serve_get("/products/{id}", milliseconds(20),
              [](const Request& r) { return page(r, "Product " + r.path_param("id"), "Good value."); });
    serve_get("/cart", milliseconds(25), [](const Request& r) { return page(r, "Your cart", "A hammer."); });
    serve_get("/account", milliseconds(25),
              [](const Request& r) { return page(r, "Your account", "No open orders."); });
  }

  void serve_get(const std::string& path, Duration usual, const Handler& handler) {
    context_.router.get_async(path, serve("GET", path, usual, handler));
  }

  /// Answers after a while, as if there were work to do, and counts it.
  AsyncHandler serve(const std::string& method, const std::string& path, Duration usual,
                     const Handler& handler) {
    return [this, method, path, usual, handler](const Request& request, const Responder& respond) {
      const std::uint64_t id = spread(served_.fetch_add(1));
      const MonoTime begun = context_.clock.mono();
      context_.scheduler.after(time_for(path, usual, id), [=, this] {
        Response answer = handler(request);
        metrics_.add(
            {method, path, answer.status, context_.clock.mono() - begun, fmt::format("{:016x}", id)});
        respond(std::move(answer));
      });
    };
  }

  /// From half to twice the usual time; one in a hundred takes six times as long.
  Duration time_for(const std::string& path, Duration usual, std::uint64_t id) const {
    if (path == "/checkout" && goes_on(Incident::SlowCheckout, age())) return kSlow + usual;
    if (id % 100 == 0) return usual * 6;
    return usual / 2 + usual * static_cast<int>(id % 1000) / 666;
  }

  Response check_out(const Request& request) const {
    const std::uint64_t drawn = spread(served_.load()) % 100;
    if (goes_on(Incident::FailingCheckout, age()) && drawn < 60)
      return Response::problem(drawn < 40 ? 503 : 500, "No checkout",
                               "The payment provider does not answer.");
    return page(request, "Thank you", "Your order is on its way.");
  }

  Response take_message() const {
    if (goes_on(Incident::RefusedWebhooks, age()))
      return Response::problem(503, "No chat", "The chat has no time for messages.");
    return Response::text(200, "taken\n");
  }

  Duration age() const { return context_.clock.mono() - began_; }

  DaemonContext& context_;
  ShopMetrics metrics_;
  const MonoTime began_;
  std::atomic<std::uint64_t> served_{0};
};

}  // namespace

std::unique_ptr<Service> make_shop(DaemonContext& context) {
  return std::make_unique<Shop>(context);
}

}  // namespace picket::demo
