// The HTTP request parser on any bytes: it must end, stay within its limits, and read the same whether the
// bytes come at once or in pieces (the first byte says how large).
#include <cstdint>
#include <string>
#include <string_view>

#include "base/http/request_head.h"
#include "base/http/request_parser.h"
#include "base/result/result.h"

namespace picket {
namespace {

constexpr RequestParser::Limits kLimits{4_KiB, 16_KiB};
constexpr std::size_t kSlack = 8192;  // what a parser may leave lying in front of the next piece

std::string text_of(const RequestParser& parser, const Request& request) {
  std::string text(to_string(request.method));
  text += " " + request.target.raw + " " + request.target.path + (parser.keep_alive() ? " keep" : " close");
  for (const auto& [name, value] : request.headers) text += "\n" + name + "=" + value;
  return text + "\n" + request.body;
}

/// What the bytes mean when they come `size` at a time: every request, then how it ended.
std::string read(std::string_view bytes, std::size_t size) {
  std::string meaning;
  std::string inbox;
  std::optional<RequestParser> parser(std::in_place, kLimits);
  while (!bytes.empty()) {
    inbox += bytes.substr(0, size);
    bytes.remove_prefix(std::min(size, bytes.size()));
    RequestParser::Progress progress = parser->feed(inbox);
    while (progress == RequestParser::Progress::Done) {
      check(parser->request().body.size() <= kLimits.body.count, "the body is over its limit");
      meaning += text_of(*parser, parser->request()) + "\n--\n";
      parser.emplace(kLimits);
      progress = parser->feed(inbox);
    }
    if (progress == RequestParser::Progress::Refused) {
      const Refusal& refusal = parser->refusal();
      check(refusal.status >= 400 && refusal.status < 600 && !refusal.detail.empty(), "a refusal says why");
      return meaning + "refused";
    }
    check(inbox.size() <= kSlack, "the parser lets bytes pile up");
  }
  return meaning;
}

void check_parts(std::string_view bytes) {
  const std::string_view line = bytes.substr(0, bytes.find('\n'));
  if (const std::optional<Target> target = Target::parse(line)) {
    check(target->path.find('\0') == std::string::npos, "a NUL got through");
  }
  static_cast<void>(origin_form(line));
  if (check_request_head(bytes)) check(bytes.ends_with("\r\n\r\n"), "a head without its end passed");
}

}  // namespace
}  // namespace picket

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  picket::check_parts(text);
  const std::size_t step = static_cast<std::size_t>(bytes[0]) % 64 + 1;
  picket::check(picket::read(text, step) == picket::read(text, 4096),
                "the cut of the bytes changes their meaning");
  return 0;
}
