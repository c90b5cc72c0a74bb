#include "base/http/client_exchange.h"

#include <algorithm>
#include <utility>

#include "base/text/encoding.h"
#include "base/text/strings.h"

namespace picket {

namespace {

bool is_token(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool is_credential(std::string_view name) {
  for (const std::string_view known : {"Authorization", "Cookie", "Proxy-Authorization", "Host"}) {
    if (iequals(name, known)) return true;
  }
  return false;
}

/// The usual http to https redirect of one host keeps its credentials.
bool keeps_trust(const ClientUrl& from, const ClientUrl& to) {
  if (from.same_origin(to)) return true;
  return iequals(from.host, to.host) && from.scheme == "http" && from.port == 80 && to.scheme == "https" &&
         to.port == 443;
}

}  // namespace

Result<std::shared_ptr<ClientExchange>> ClientExchange::create(OutboundRequest request, Done done) {
  Result<ClientUrl> url = ClientUrl::parse(request.url);
  if (!url) return fail(url);
  for (const Headers* headers : {&request.headers, &request.config.headers}) {
    if (const Result<void> sound = check_headers(*headers); !sound) return fail(sound);
  }
  const std::shared_ptr<ClientExchange> self(new ClientExchange(std::move(request), std::move(done)));
  HttpConfig& config = self->request_.config;
  if (!url->user.empty() || !url->password.empty()) config.basic_auth = {url->user, Secret(url->password)};
  if (!is_value(config.authorization_type) || !is_value(config.authorization.reveal())) {
    return fail(ErrorKind::InvalidInput, "the authorization holds a line break");
  }
  if (!config.proxy_url.empty()) {
    Result<ClientUrl> proxy = ClientUrl::parse(config.proxy_url, "http socks5 socks5h");
    if (!proxy) return fail(proxy, "proxy");
    self->proxy_ = std::move(*proxy);
  }
  self->url_ = std::move(*url);
  self->first_host_ = self->url_.host;
  return self;
}

ClientExchange::ClientExchange(OutboundRequest request, Done done)
    : request_(std::move(request)),
      done_(std::move(done)),
      started_(clock_.mono()),
      deadline_{started_ + request_.timeout},
      method_(request_.method) {
  const bool takes_body = method_ == Method::Post || method_ == Method::Put || method_ == Method::Patch;
  with_body_ = takes_body || (!request_.body.empty() && method_ != Method::Head);
}

Result<void> ClientExchange::check_headers(const Headers& headers) {
  for (const auto& [name, value] : headers) {
    if (!is_token(name)) return fail(ErrorKind::InvalidInput, "a header's name is not a token");
    if (!is_value(value))
      return fail(ErrorKind::InvalidInput, fmt::format("header {} holds a line break", name));
  }
  return {};
}

void ClientExchange::start(const Tools& tools, std::function<void()> ended) {
  tools_.emplace(tools);
  ended_ = std::move(ended);
  if (request_.cookies) {
    cookies_.reset(curl_share_init());
    curl_share_setopt(cookies_.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
  }
  begin_hop();
}

void ClientExchange::begin_hop() {
  addresses_.clear();
  next_address_ = 0;
  resolving_since_ = clock_.mono();
  answer_.exchange.final_url = url_.text;
  const std::string& host = proxy_ ? proxy_->host : url_.host;
  // An address needs no resolver, only the policy.
  if (const Result<IpAddress> literal = IpAddress::parse(host);
      literal && request_.preference != IpPreference::V4Only && request_.preference != IpPreference::V6Only) {
    return resolved(std::vector<IpAddress>{*literal});
  }
  tools_->resolver.resolve(host, request_.preference, deadline_,
                           [weak = weak_from_this()](Result<std::vector<IpAddress>> addresses) {
                             const auto self = weak.lock();
                             if (self && self->done_) self->resolved(std::move(addresses));
                           });
}

void ClientExchange::resolved(Result<std::vector<IpAddress>> addresses) {
  answer_.exchange.timings.resolve += clock_.mono() - resolving_since_;
  if (!addresses) {
    const bool late = addresses.error().kind == ErrorKind::Timeout && deadline_.passed(clock_);
    return fail_with(late ? FailedStep::Timeout : FailedStep::Resolve, addresses.error());
  }
  const std::string& host = proxy_ ? proxy_->host : url_.host;
  if (answer_.exchange.redirects == 0) answer_.exchange.resolved = count_addresses(host, *addresses);
  if (const Result<void> admitted = admit(*addresses); !admitted) {
    return fail_with(FailedStep::Policy, admitted.error());
  }
  try_next_address();
}

/// Keeps the addresses that the policy allows; an error when it leaves none.
Result<void> ClientExchange::admit(const std::vector<IpAddress>& addresses) {
  const std::optional<AddressPolicy>& policy = request_.policy;
  // What a proxy is asked for is checked as far as it can be: when it is an address.
  if (const Result<IpAddress> target = IpAddress::parse(url_.host); policy && proxy_ && target) {
    if (Result<void> allowed = policy->check(*target); !allowed) return allowed;
  }
  Result<void> refusal = fail(ErrorKind::NotFound, "the name has no address");
  for (const IpAddress& address : addresses) {
    if (Result<void> allowed = policy ? policy->check(address) : Result<void>(); allowed) {
      addresses_.push_back(address);
    } else {
      refusal = std::move(allowed);
    }
  }
  return addresses_.empty() ? refusal : Result<void>();
}

void ClientExchange::try_next_address() {
  if (deadline_.passed(clock_)) {
    return fail_with(FailedStep::Timeout, {ErrorKind::Timeout, "no time left to connect"});
  }
  HopRequest request = hop_request();
  ++next_address_;
  hop_ = std::make_unique<CurlHop>(tools_->driver, request_, std::move(request),
                                   [this](CurlHop& hop) { hop_done(hop); });
  if (!hop_->start()) fail_with(hop_->result().failed, hop_->result().error);
}

HopRequest ClientExchange::hop_request() const {
  HopRequest hop;
  const auto left = static_cast<Duration::rep>(addresses_.size() - next_address_);
  hop.method = method_;
  hop.with_body = with_body_;
  hop.url = url_;
  hop.headers = hop_headers();
  hop.address = addresses_[next_address_];
  hop.proxy = proxy_;
  hop.cookies = cookies_.get();
  // A configured name is the first host's: another one is asked for, and verified, by its own.
  if (iequals(url_.host, first_host_)) hop.server_name = request_.config.tls.server_name;
  hop.timeout = deadline_.remaining(clock_);
  // A silent address leaves time to the others.
  hop.connect_timeout = std::min(request_.connect_timeout, hop.timeout / left);
  hop.last_resort = left == 1;
  hop.follows_redirect = request_.config.follow_redirects;
  hop.keeps_method = request_.keep_method && method_ != Method::Get && method_ != Method::Head;
  return hop;
}

Headers ClientExchange::hop_headers() const {
  Headers all;
  const HttpConfig& config = request_.config;
  for (const auto& [name, value] : request_.headers) {
    if (trusted_ || !is_credential(name)) all.add(name, value);
  }
  if (!trusted_) return all;
  for (const auto& [name, value] : config.headers) {
    if (request_.headers.find(name) == nullptr) all.add(name, value);
  }
  if (all.find("Authorization") != nullptr) return all;
  if (config.basic_auth) {
    const std::string pair = config.basic_auth->username + ":" + config.basic_auth->password.reveal();
    all.add("Authorization", "Basic " + base64_encode(pair));
  } else if (!config.authorization.empty()) {
    all.add("Authorization", config.authorization_type + " " + config.authorization.reveal());
  }
  return all;
}

void ClientExchange::hop_done(CurlHop& hop) {
  HopResult result = std::move(hop.result());
  const bool redirected = hop.redirected(result);
  const bool last_resort = hop.request().last_resort;
  hop_.reset();  // before the caller hears of it, who may destroy the client
  absorb(result);
  const bool unreached =
      result.failed == FailedStep::Connect || (result.failed == FailedStep::Timeout && !result.connected);
  if (unreached && !last_resort && !deadline_.passed(clock_)) return try_next_address();
  if (result.failed == FailedStep::None && redirected) return follow(result);
  answer_.response = std::move(result.response);
  if (result.failed != FailedStep::None) return fail_with(result.failed, std::move(result.error));
  finish();
}

void ClientExchange::absorb(HopResult& result) {
  Exchange& exchange = answer_.exchange;
  exchange.timings.connect += result.connected ? result.timings.connect : result.timings.total;
  exchange.timings.tls += result.timings.tls;
  exchange.timings.processing += result.timings.processing;
  exchange.timings.transfer += result.timings.transfer;
  exchange.body_bytes = result.body_bytes;
  exchange.http_version = result.http_version;
  exchange.tls = std::move(result.tls);
  exchange.sent = exchange.sent || result.sent;
  if (result.connected && next_address_ > 0) exchange.peer = addresses_[next_address_ - 1];
}

void ClientExchange::follow(HopResult& result) {
  const int status = result.response.status;
  const auto refuse = [&](std::string why) {
    answer_.response = std::move(result.response);
    fail_with(FailedStep::Redirect, {ErrorKind::Unavailable, std::move(why)});
  };
  if (answer_.exchange.redirects >= request_.max_redirects)
    return refuse(fmt::format("more than {} redirects", request_.max_redirects));
  Result<ClientUrl> next = url_.follow(result.response.headers.get("Location"));
  if (!next) return refuse("redirect: " + next.error().message);
  ++answer_.exchange.redirects;
  if (url_.scheme == "https" && next->scheme == "http") answer_.exchange.downgraded = true;
  if (!keeps_trust(url_, *next)) trusted_ = false;
  url_ = std::move(*next);
  if (status != 307 && status != 308 && method_ != Method::Head) {
    method_ = Method::Get;
    with_body_ = false;
  }
  begin_hop();
}

void ClientExchange::abandon(FailedStep step, ErrorKind kind, std::string_view why) {
  hop_.reset();
  fail_with(step, {kind, std::string(why)});
}

void ClientExchange::fail_with(FailedStep step, Error error) {
  answer_.failed = step;
  answer_.error = {error.kind, fmt::format("{}: {}", url_.origin(), error.message)};
  finish();
}

void ClientExchange::finish() {
  if (!done_) return;
  answer_.exchange.timings.total = clock_.mono() - started_;
  const auto keep_alive = shared_from_this();
  const Done done = std::exchange(done_, nullptr);
  const std::function<void()> ended = std::exchange(ended_, nullptr);
  done(std::move(answer_));
  if (ended) ended();
}

}  // namespace picket
