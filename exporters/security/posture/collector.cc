#include "exporters/security/posture/collector.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <utility>

#include "base/http/client_url.h"
#include "base/text/strings.h"
#include "exporters/security/posture/exposure.h"
#include "exporters/security/posture/tls_survey.h"

namespace picket::security {

namespace {

constexpr Bytes kMaxBody = 64_KiB;
constexpr Duration kRequestTime = std::chrono::seconds(10);
constexpr int kMaxRedirects = 3;
constexpr std::size_t kRandomBytes = 12;

bool is_loopback(const std::string& host) {
  const Result<IpAddress> address = IpAddress::parse(host);
  if (!address) return iequals(host, "localhost");
  const IpAddress plain = address->unmapped();
  if (plain.family() == IpAddress::Family::V4) return plain.bytes()[0] == 127;
  return plain.text() == "::1";
}

PageSeen page_of(ClientResponse& answer) {
  PageSeen page;
  const bool answered = answer.failed == FailedStep::None || answer.failed == FailedStep::TooLarge;
  if (answered) {
    page.status = answer.response.status;
    page.headers = std::move(answer.response.headers);
    page.body = std::move(answer.response.body);
  } else {
    page.error = answer.error.message;
    page.refused = answer.failed == FailedStep::Connect;
    page.tls_failed = answer.failed == FailedStep::Tls;
  }
  return page;
}

bool leads_on(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

struct Collector::Shared {
  explicit Shared(CollectorServices s) : services(std::move(s)) {}
  const CollectorServices services;
  std::atomic<bool> stopped = false;
};

/// One scan. Steps are chained; each runs on the loop.
class Collector::Run : public std::enable_shared_from_this<Run> {
 public:
  Run(std::shared_ptr<Shared> shared, std::shared_ptr<const ScanConfig> config, Deadline deadline, Done done)
      : shared_(std::move(shared)), config_(std::move(config)), deadline_(deadline), done_(std::move(done)) {}

  void start() {
    const Result<ClientUrl> url = ClientUrl::parse(config_->target);
    if (!url) return end(fail(url));
    url_ = *url;
    seen_.https = url_.scheme == "https";
    seen_.host = url_.host;
    seen_.loopback = is_loopback(url_.host);
    get_page(url_, kMaxRedirects);
  }

 private:
  using Next = std::function<void(ClientResponse)>;
  using Then = std::function<void()>;

  OutboundRequest request_of(const std::string& url) const {
    OutboundRequest request;
    request.url = url;
    request.headers.add("User-Agent", shared_->services.user_agent);
    request.headers.add("Accept", "text/html,*/*;q=0.8");
    request.config.follow_redirects = false;
    request.config.tls.ca_file = config_->ca_file;
    request.config.tls.insecure_skip_verify = true;  // it is judged, not a condition
    request.config.tls.min_version = TlsVersion::Tls10;
    request.timeout = std::min(kRequestTime, deadline_.remaining(shared_->services.clock));
    request.max_response = kMaxBody;
    request.truncate_response = true;
    request.policy = config_->addresses;
    return request;
  }

  void send(OutboundRequest request, const Next& next) {
    if (shared_->stopped) return end(fail(ErrorKind::Unavailable, "the scan was stopped"));
    if (deadline_.passed(shared_->services.clock)) {
      ClientResponse late;
      late.failed = FailedStep::Timeout;
      late.error = {ErrorKind::Timeout, "the time of the scan is over"};
      return next(std::move(late));
    }
    shared_->services.http.send_async(
        std::move(request),
        [self = shared_from_this(), next](ClientResponse answer) { next(std::move(answer)); });
  }

  void get_page(const ClientUrl& url, int redirects) {
    OutboundRequest request = request_of(url.text);
    request.inspect_tls = true;
    request.reuse_connection = false;
    send(std::move(request), [self = shared_from_this(), url, redirects](ClientResponse answer) {
      self->got_page(url, redirects, answer);
    });
  }

  void got_page(const ClientUrl& url, int redirects, ClientResponse& answer) {
    if (!seen_.certificates && answer.exchange.tls) seen_.certificates = std::move(answer.exchange.tls);
    const FailedStep failed = answer.failed;
    const Error error = answer.error;
    seen_.page = page_of(answer);
    for (std::string& cookie : seen_.page.headers.all("Set-Cookie"))
      seen_.set_cookies.push_back(std::move(cookie));
    // A TLS that breaks, or no HTTP in it, may still tell what it accepts.
    const bool reached = seen_.page.answered() ||
                         (seen_.https && (failed == FailedStep::Tls || failed == FailedStep::Request));
    if (!reached) return end(fail(error));
    if (leads_on(seen_.page.status) && redirects > 0) {
      const Result<ClientUrl> next = url.follow(seen_.page.headers.get("Location"));
      if (next && next->same_origin(url_)) return get_page(*next, redirects - 1);
    }
    survey();
  }

  void survey() {
    if (!seen_.https) return get_others();
    const CollectorServices& services = shared_->services;
    SurveyTarget target;
    target.connect.endpoint = {url_.host, url_.port};
    target.connect.policy = config_->addresses;
    if (!IpAddress::parse(url_.host)) target.server_name = url_.host;
    survey_tls({services.loop, services.resolver, services.random, services.clock,
                [shared = shared_] { return shared->stopped.load(); }},
               std::move(target), deadline_, [self = shared_from_this()](TlsSeen tls) {
                 self->seen_.tls = std::move(tls);
                 self->get_others();
               });
  }

  void get_others() {
    const std::string unanswered = seen_.page.error;
    const bool speaks =
        std::ranges::any_of(seen_.tls.accepted, [](const auto& version) { return version.value_or(false); });
    if (seen_.page.answered()) return get_nowhere();
    if (!speaks) return end(fail(ErrorKind::Unavailable, unanswered));
    seen_.nowhere.error = seen_.cross_origin.error = unanswered;
    for (const ProbedPath& path : probed_paths()) {
      seen_.paths.push_back({std::string(path.path), {}});
      seen_.paths.back().page.error = unanswered;
    }
    get_plain_http();
  }

  std::string at(std::string_view path) const { return url_.origin() + std::string(path); }

  void get(OutboundRequest request, PageSeen& into, const Then& then) {
    send(std::move(request), [self = shared_from_this(), &into, then](ClientResponse answer) {
      into = page_of(answer);
      then();
    });
  }

  void get_nowhere() {
    const std::string path = "/picket-" + shared_->services.random.hex(kRandomBytes);
    get(request_of(at(path)), seen_.nowhere, [self = shared_from_this()] {
      self->seen_.paths.reserve(probed_paths().size());
      self->get_path(0);
    });
  }

  void get_path(std::size_t index) {
    if (index == probed_paths().size()) return get_cross_origin();
    PathSeen& seen = seen_.paths.emplace_back();
    seen.path = std::string(probed_paths()[index].path);
    get(request_of(at(seen.path)), seen.page,
        [self = shared_from_this(), index] { self->get_path(index + 1); });
  }

  void get_cross_origin() {
    seen_.foreign_origin = "https://" + shared_->services.random.hex(kRandomBytes) + ".invalid";
    OutboundRequest request = request_of(url_.text);
    request.headers.add("Origin", seen_.foreign_origin);
    get(std::move(request), seen_.cross_origin, [self = shared_from_this()] { self->get_plain_http(); });
  }

  void get_plain_http() {
    const std::string url = config_->plain_http_url();
    if (!seen_.https || url.empty()) return finish();
    seen_.plain_http.emplace();
    get(request_of(url), *seen_.plain_http, [self = shared_from_this()] { self->finish(); });
  }

  void finish() {
    seen_.at = shared_->services.clock.wall();
    end(std::move(seen_));
  }

  void end(Result<Observation> result) {
    if (const Done done = std::exchange(done_, nullptr)) done(std::move(result));
  }

  const std::shared_ptr<Shared> shared_;
  const std::shared_ptr<const ScanConfig> config_;
  const Deadline deadline_;
  Done done_;
  ClientUrl url_;
  Observation seen_;
};

Collector::Collector(CollectorServices services) : shared_(std::make_shared<Shared>(std::move(services))) {}

Collector::~Collector() {
  shared_->stopped = true;
  // A step that had begun before has ended when the loop comes to this.
  std::promise<void> passed;
  shared_->services.loop.post([&passed] { passed.set_value(); });
  passed.get_future().wait();
}

void Collector::collect(std::shared_ptr<const ScanConfig> config, Deadline deadline, Done done) {
  const auto run = std::make_shared<Run>(shared_, std::move(config), deadline, std::move(done));
  shared_->services.loop.post([run] { run->start(); });
}

}  // namespace picket::security
