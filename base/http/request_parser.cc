#include "base/http/request_parser.h"

#include <algorithm>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <iterator>

#include "base/http/request_head.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket {
namespace {

namespace beast = boost::beast;

bool has_token(const Headers& headers, std::string_view name, std::string_view token) {
  for (const std::string& value : headers.all(name)) {
    for (const std::string_view part : split(value, ',')) {
      if (iequals(trim(part), token)) return true;
    }
  }
  return false;
}

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

RequestParser::Progress RequestParser::refuse(int status, std::string_view reason, std::string detail) {
  refusal_ = {status, reason, std::move(detail)};
  return Progress::Refused;
}

RequestParser::Progress RequestParser::feed(std::string& inbox) {
  if (!head_done_) {
    const Progress progress = read_head(inbox);
    if (progress != Progress::Done) return progress;
  }
  return read_body(inbox);
}

RequestParser::Progress RequestParser::read_head(std::string& inbox) {
  // RFC 9112 2.2: an empty line before the request line is skipped; one, not a stream of them.
  if (!skipped_line_ && inbox == "\r") return Progress::More;
  if (!skipped_line_ && scanned_ == 0 && inbox.starts_with("\r\n")) {
    inbox.erase(0, 2);
    skipped_line_ = true;
  }
  const HeadScan scan = scan_head(inbox, scanned_);
  if (scan.state == HeadScan::State::BareLineFeed) return refuse(400, "bad_request", "bare line feed");
  const bool is_complete = scan.state == HeadScan::State::Complete;
  if ((is_complete ? scan.size : inbox.size()) > limits_.head.count) {
    return refuse(431, "too_large", "the request head is larger than " + format_bytes(limits_.head));
  }
  scanned_ = inbox.size();
  if (!is_complete) return Progress::More;
  const Progress progress = take_head(std::string_view(inbox).substr(0, scan.size));
  if (progress != Progress::Done) return progress;
  inbox.erase(0, scan.size);
  head_done_ = true;
  return take_framing();
}

RequestParser::Progress RequestParser::take_head(std::string_view head) {
  if (const Result<void> checked = check_request_head(head); !checked) {
    const int status = checked.error().kind == ErrorKind::Unavailable ? 505 : 400;
    return refuse(status, "bad_request", checked.error().message);
  }
  beast::http::request_parser<beast::http::empty_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(head.size()));
  parser.skip(true);
  beast::error_code error;
  const std::size_t used = parser.put(boost::asio::buffer(head.data(), head.size()), error);
  if (error || used != head.size()) return refuse(400, "bad_request", "malformed request head");
  const auto& message = parser.get();
  const std::optional<Method> method = parse_method(view(message.method_string()));
  if (!method) return refuse(501, "bad_request", "method is not implemented");
  request_.method = *method;
  http10_ = message.version() == 10;
  request_.headers.reserve(static_cast<std::size_t>(std::distance(message.begin(), message.end())));
  for (const auto& field : message) {
    request_.headers.add(std::string(view(field.name_string())), std::string(view(field.value())));
  }
  keep_alive_ = http10_ ? has_token(request_.headers, "Connection", "keep-alive")
                        : !has_token(request_.headers, "Connection", "close");
  return take_target(view(message.target()));
}

RequestParser::Progress RequestParser::take_target(std::string_view target) {
  const Result<std::string> origin = origin_form(target);
  if (!origin) return refuse(400, "bad_request", origin.error().message);
  // RFC 9112 3.2.2: the authority of an absolute-form target replaces Host.
  if (const std::string_view authority = authority_of(target); !authority.empty()) {
    request_.headers.set("Host", std::string(authority));
  }
  std::optional<Target> parsed = Target::parse(*origin);
  if (!parsed || (*origin == "*" && request_.method != Method::Options)) {
    return refuse(400, "bad_request", "malformed request target");
  }
  request_.target = std::move(*parsed);
  return Progress::Done;
}

RequestParser::Progress RequestParser::take_framing() {
  chunked_ = request_.headers.find("Transfer-Encoding") != nullptr;
  if (const std::string* length = request_.headers.find("Content-Length")) {
    length_ = static_cast<std::uint64_t>(parse_int(*length).value_or(0));
  }
  if (length_ > limits_.body.count) {
    return refuse(413, "too_large", "the request body is larger than " + format_bytes(limits_.body));
  }
  if (const std::string* expect = request_.headers.find("Expect"); expect && !http10_) {
    if (!iequals(*expect, "100-continue")) return refuse(417, "bad_request", "unknown expectation");
    expects_continue_ = chunked_ || length_ > 0;
  }
  return Progress::Done;
}

RequestParser::Progress RequestParser::read_body(std::string& inbox) {
  if (!chunked_) {
    const std::size_t take = std::min<std::size_t>(inbox.size(), length_ - request_.body.size());
    request_.body.append(inbox, 0, take);
    inbox.erase(0, take);
    return request_.body.size() == length_ ? Progress::Done : Progress::More;
  }
  switch (chunks_.feed(inbox, request_.body)) {
    case ChunkDecoder::State::More:
      return Progress::More;
    case ChunkDecoder::State::Done:
      return Progress::Done;
    case ChunkDecoder::State::Malformed:
      return refuse(400, "bad_request", "malformed chunked body");
    case ChunkDecoder::State::TooLarge:
      break;
  }
  return refuse(413, "too_large", "the request body is larger than " + format_bytes(limits_.body));
}

}  // namespace picket
