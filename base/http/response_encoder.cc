#include "base/http/response_encoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "base/text/strings.h"

namespace picket {
namespace {

constexpr std::size_t kMinCompressed = 1024;  // under that gzip costs more than it saves

constexpr std::string_view kNoSniff = "X-Content-Type-Options";

bool has_no_body(int status) {
  return status < 200 || status == 204 || status == 304;
}

/// Response splitting: a line end in a value would start a field of the attacker's.
bool is_field_text(std::string_view text) {
  const auto lacks = [text](char c) { return text.find(c) == std::string_view::npos; };
  return lacks('\r') && lacks('\n') && lacks('\0');
}

/// Fields that only the server may write: they frame the message.
bool is_framing_field(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kNames{"content-length", "transfer-encoding", "connection",
                                                          "date", "keep-alive"};
  return std::any_of(kNames.begin(), kNames.end(), [name](std::string_view n) { return iequals(n, name); });
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  if (name.empty() || !is_field_text(name) || !is_field_text(value)) return;
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

ResponseEncoder::ResponseEncoder(Response response, Options options)
    : response_(std::move(response)), options_(options) {
  if (response_.status < 200 || response_.status > 599) response_.status = 500;
  if (has_no_body(response_.status)) {
    framing_ = Framing::None;
    response_.body.clear();
    response_.stream.reset();
  } else if (response_.stream) {
    start_stream();
  } else {
    compress_body();
  }
  if (options_.head_only) {
    piece_.clear();
    has_more_ = false;
    response_.stream.reset();
  }
}

/// Decides, and says so in the fields.
bool ResponseEncoder::wants_gzip(std::size_t known_size) {
  const bool is_eligible = known_size >= kMinCompressed && !response_.headers.find("Content-Encoding") &&
                           is_compressible(response_.headers.get("Content-Type"));
  if (!is_eligible) return false;
  const std::string vary = response_.headers.get("Vary");
  if (to_lower(vary).find("accept-encoding") == std::string::npos) {
    response_.headers.set("Vary", vary.empty() ? "Accept-Encoding" : vary + ", Accept-Encoding");
  }
  if (!options_.gzip) return false;
  response_.headers.set("Content-Encoding", "gzip");
  return true;
}

void ResponseEncoder::compress_body() {
  if (wants_gzip(response_.body.size())) {
    GzipEncoder gzip;
    gzip.add(response_.body, piece_);
    gzip.finish(piece_);
  } else {
    piece_ = std::move(response_.body);
  }
  response_.body.clear();
  length_ = piece_.size();
}

void ResponseEncoder::start_stream() {
  std::string first;
  has_more_ = response_.stream->next(first);
  if (!has_more_) {
    response_.stream.reset();
    response_.body = std::move(first);
    compress_body();
    return;
  }
  framing_ = options_.http10 ? Framing::Connection : Framing::Chunks;
  if (wants_gzip(std::max(first.size(), kMinCompressed))) gzip_ = std::make_unique<GzipEncoder>();
  add_framed(std::move(first), false);
}

void ResponseEncoder::pull() {
  std::string bytes;
  has_more_ = response_.stream->next(bytes);
  add_framed(std::move(bytes), !has_more_);
  if (!has_more_) response_.stream.reset();
}

void ResponseEncoder::add_framed(std::string&& bytes, bool is_last) {
  std::string coded;
  if (gzip_) {
    gzip_->add(bytes, coded);
    if (is_last) gzip_->finish(coded);
  } else {
    coded = std::move(bytes);
  }
  if (framing_ != Framing::Chunks) {
    piece_.append(coded);
    return;
  }
  // An empty chunk would end the body: gzip may hold everything back for a while.
  if (!coded.empty()) {
    fmt::format_to(std::back_inserter(piece_), "{:x}\r\n", coded.size());
    piece_.append(coded).append("\r\n");
  }
  if (is_last) piece_.append("0\r\n\r\n");
}

std::string ResponseEncoder::head(const Line& line) const {
  std::string out;
  out.reserve(1024);
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", response_.status,
                 reason_phrase(response_.status));
  append_field(out, "Date", line.date);
  append_field(out, kNoSniff, "nosniff");
  for (const auto& [name, value] : response_.headers) {
    if (!is_framing_field(name) && !iequals(name, kNoSniff)) append_field(out, name, value);
  }
  if (line.extra) {
    for (const auto& [name, value] : *line.extra) {
      if (!response_.headers.find(name) && !iequals(name, kNoSniff)) append_field(out, name, value);
    }
  }
  if (framing_ == Framing::Length) {
    fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", length_);
  } else if (framing_ == Framing::Chunks) {
    append_field(out, "Transfer-Encoding", "chunked");
  }
  if (!line.keep_alive) {
    append_field(out, "Connection", "close");
  } else if (options_.http10) {
    append_field(out, "Connection", "keep-alive");
  }
  return out.append("\r\n");
}

}  // namespace picket
