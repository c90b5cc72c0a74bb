#include "base/http/gzip.h"

#define ZLIB_CONST  // zlib reads its input, it does not write to it
#include <zlib.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/result/result.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket {
namespace {

constexpr int kLevel = 1;
constexpr int kGzipWindow = 15 + 16;  // zlib: 16 more asks for the gzip wrapper
constexpr int kMemoryLevel = 8;
constexpr std::size_t kPiece = 16384;

double quality(std::string_view parameters) {
  for (const std::string_view parameter : split(parameters, ';')) {
    const std::string_view text = trim(parameter);
    if (text.size() < 2 || !iequals(text.substr(0, 2), "q=")) continue;
    return parse_double(text.substr(2)).value_or(0.0);
  }
  return 1.0;
}

}  // namespace

bool accepts_gzip(const Headers& request_headers) {
  std::optional<double> gzip;
  std::optional<double> any;
  for (const std::string& value : request_headers.all("Accept-Encoding")) {
    for (const std::string_view item : split(value, ',')) {
      const std::size_t semicolon = item.find(';');
      const std::string_view coding = trim(item.substr(0, semicolon));
      const double q = semicolon == std::string_view::npos ? 1.0 : quality(item.substr(semicolon + 1));
      if (iequals(coding, "gzip") || iequals(coding, "x-gzip")) gzip = q;
      if (coding == "*") any = q;
    }
  }
  return gzip.value_or(any.value_or(0.0)) > 0.0;
}

bool is_compressible(std::string_view content_type) {
  const std::string type = to_lower(trim(content_type.substr(0, content_type.find(';'))));
  if (type.starts_with("text/") || type.ends_with("+json") || type.ends_with("+xml")) return true;
  static constexpr std::array<std::string_view, 6> kTypes{
      "application/json", "application/openmetrics-text", "application/javascript", "application/xml",
      "application/yaml", "application/x-ndjson"};
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

class GzipEncoder::State {
 public:
  State() {
    const int result =
        deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY);
    check(result == Z_OK, "zlib does not start");
  }
  ~State() { deflateEnd(&stream); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  z_stream stream{};
};

GzipEncoder::GzipEncoder() : state_(std::make_unique<State>()) {}
GzipEncoder::~GzipEncoder() = default;

void GzipEncoder::add(std::string_view bytes, std::string& out) {
  if (!bytes.empty()) run(bytes, Z_NO_FLUSH, out);
}

void GzipEncoder::finish(std::string& out) {
  run({}, Z_FINISH, out);
}

void GzipEncoder::run(std::string_view bytes, int flush, std::string& out) {
  z_stream& stream = state_->stream;
  stream.next_in = reinterpret_cast<const Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::array<Bytef, kPiece> piece;
  do {
    stream.next_out = piece.data();
    stream.avail_out = static_cast<uInt>(piece.size());
    deflate(&stream, flush);
    const std::size_t made = piece.size() - stream.avail_out;
    out.append(reinterpret_cast<const char*>(piece.data()), made);
  } while (stream.avail_out == 0);
}

}  // namespace picket
