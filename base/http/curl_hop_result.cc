// The half of CurlHop that reads what came of a transfer.
#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/http/curl_hop.h"
#include "base/text/strings.h"

namespace picket {

namespace {

Duration moment(CURL* transfer, CURLINFO which) {
  curl_off_t microseconds = 0;
  curl_easy_getinfo(transfer, which, &microseconds);
  return std::chrono::microseconds(microseconds);
}

Duration between(Duration from, Duration to) {
  return to > from ? to - from : Duration::zero();
}

std::string version_text(CURL* transfer) {
  long version = 0;
  curl_easy_getinfo(transfer, CURLINFO_HTTP_VERSION, &version);
  switch (version) {
    case CURL_HTTP_VERSION_1_0:
      return "1.0";
    case CURL_HTTP_VERSION_1_1:
      return "1.1";
    case CURL_HTTP_VERSION_2_0:
      return "2";
    default:
      return "";
  }
}

bool is_tls_failure(CURLcode code) {
  switch (code) {
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ENGINE_INITFAILED:
      return true;
    default:
      return false;
  }
}

bool is_connect_failure(CURLcode code) {
  return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_PROXY ||
         code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_PROXY;
}

}  // namespace

void CurlHop::finish(CURLcode code) {
  read_timings();
  result_.http_version = version_text(transfer_);
  result_.connected = result_.timings.connect > Duration::zero() || result_.response.status > 0;
  result_.sent =
      result_.response.status > 0 || moment(transfer_, CURLINFO_PRETRANSFER_TIME_T) > Duration::zero();
  if (outbound_.inspect_tls && handshake_ && !result_.tls) result_.tls = handshake_->facts();
  const bool stopped_by_us = stop_ == Stop::Redirect || stop_ == Stop::BodyTruncated;
  if (code == CURLE_OK || stopped_by_us) return;
  read_failure(code);
}

void CurlHop::read_timings() {
  PhaseTimings& t = result_.timings;
  const Duration resolved = moment(transfer_, CURLINFO_NAMELOOKUP_TIME_T);
  const Duration connected = moment(transfer_, CURLINFO_CONNECT_TIME_T);
  const Duration secured = moment(transfer_, CURLINFO_APPCONNECT_TIME_T);
  const Duration sending = moment(transfer_, CURLINFO_PRETRANSFER_TIME_T);
  const Duration first_byte = moment(transfer_, CURLINFO_STARTTRANSFER_TIME_T);
  t.total = moment(transfer_, CURLINFO_TOTAL_TIME_T);
  t.connect = between(resolved, connected);
  t.tls = between(connected, secured);
  if (connected == Duration::zero() && tls_started_) {
    // libcurl forgets when the connection was made once the handshake fails.
    t.connect = *tls_started_ - started_;
    t.tls = clock_.mono() - *tls_started_;
  }
  if (sending == Duration::zero()) return;
  t.processing = between(sending, first_byte > Duration::zero() ? first_byte : t.total);
  if (first_byte > Duration::zero()) t.transfer = between(first_byte, t.total);
}

/// What was under way, as seen from the timings.
std::string CurlHop::step_text() const {
  const std::string where =
      HostPort{request_.address.text(), request_.proxy ? request_.proxy->port : request_.url.port}.text();
  const PhaseTimings& t = result_.timings;
  if (t.connect == Duration::zero() && !result_.connected) return fmt::format("connecting to {}", where);
  const bool secure = request_.url.scheme == "https";
  if (secure && moment(transfer_, CURLINFO_APPCONNECT_TIME_T) == Duration::zero() &&
      result_.response.status == 0) {
    return fmt::format("TLS handshake with {}", where);
  }
  return result_.response.status == 0 ? "waiting for the answer" : "receiving the answer";
}

void CurlHop::read_failure(CURLcode code) {
  const auto failed = [&](FailedStep step, ErrorKind kind, std::string message) {
    result_.failed = step;
    result_.error = {kind, std::move(message)};
  };
  if (refused_step_) return failed(*refused_step_, refusal_.kind, refusal_.message);
  if (stop_ == Stop::HeaderLimit) {
    return failed(FailedStep::TooLarge, ErrorKind::InvalidInput,
                  "the header of the answer is larger than 64KiB");
  }
  if (stop_ == Stop::BodyLimit) {
    return failed(FailedStep::TooLarge, ErrorKind::InvalidInput,
                  fmt::format("the answer is larger than {}", format_bytes(outbound_.max_response)));
  }
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return failed(FailedStep::Timeout, ErrorKind::Timeout, step_text() + ": no answer in time");
  }
  if (is_connect_failure(code)) {
    long number = 0;
    curl_easy_getinfo(transfer_, CURLINFO_OS_ERRNO, &number);
    const std::string why = number != 0 ? std::generic_category().message(static_cast<int>(number))
                                        : to_lower(curl_easy_strerror(code));
    return failed(FailedStep::Connect, ErrorKind::Unavailable, fmt::format("{}: {}", step_text(), why));
  }
  const std::string detail = curl_error_.front() != '\0' ? curl_error_.data() : curl_easy_strerror(code);
  if (is_tls_failure(code)) {
    const bool unverified = handshake_ && !handshake_->facts().verify_error.empty();
    return failed(FailedStep::Tls, ErrorKind::Unavailable,
                  fmt::format("TLS: {}", unverified ? handshake_->facts().verify_error : detail));
  }
  failed(FailedStep::Request, ErrorKind::Unavailable, fmt::format("{}: {}", step_text(), detail));
}

}  // namespace picket
