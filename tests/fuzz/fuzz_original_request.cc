// What a proxy says it was asked for, on any bytes: a request is read in its one canonical form or not at
// all, and a redirect never leaves the listed origins. The first byte chooses which proxy speaks.
#include <cstdint>
#include <string>
#include <string_view>

#include "authd/forward_auth/canonical_path.h"
#include "authd/forward_auth/original_request.h"
#include "authd/forward_auth/redirect_targets.h"

namespace picket::authd {
namespace {

void check_request(const Result<OriginalRequest>& request) {
  if (!request) return check(request.error().kind == ErrorKind::Denied, "refused without being denied");
  const std::string_view path = request->path;
  check(path.starts_with('/') && path.find("//") == std::string_view::npos, "an empty segment");
  check((std::string(path) + "/").find("/../") == std::string::npos, "a dot segment");
  check(path.find_first_of(std::string_view("\\;\r\n\0", 5)) == std::string_view::npos,
        "a byte that is refused");
  check(canonical_path(request->raw_path).value_or("") == path, "the raw path is read otherwise");
  const Authority& authority = request->authority;
  const auto again = parse_authority(authority.scheme, authority.text());
  check(again && *again == authority, "an origin that is read otherwise");
  const auto same =
      read_original({{"X-Original-URL", request->url()}, {"X-Original-Method", request->method}});
  check(same && same->path == path && same->authority == authority, "a URL that is read otherwise");
}

void check_redirect(std::string_view rd) {
  static const RedirectTargets targets =
      RedirectTargets::parse({"https://ok.example", "https://*.apps.example"}).value();
  const auto safe = targets.safe(rd);
  if (!safe) return;
  const std::string_view rest = std::string_view(*safe).substr(8);
  const std::string_view host = rest.substr(0, rest.find('/'));
  check(safe->starts_with("https://") && (host == "ok.example" || host.ends_with(".apps.example")),
        "an open redirect");
  check(targets.safe(*safe) == safe, "a redirect that is read otherwise");
}

}  // namespace
}  // namespace picket::authd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace picket::authd;
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  if (bytes[0] % 4 == 0)
    check_request(read_original({{"X-Original-URL", text}, {"X-Original-Method", "GET"}}));
  if (bytes[0] % 4 == 1) {
    check_request(
        read_original({{"X-Original-URL", "https://a.example" + text}, {"X-Original-Method", "GET"}}));
  }
  if (bytes[0] % 4 == 2) {
    check_request(read_original({{"X-Forwarded-Uri", "/x"},
                                 {"X-Forwarded-Host", text},
                                 {"X-Forwarded-Proto", "https"},
                                 {"X-Forwarded-Method", "GET"}}));
  }
  if (bytes[0] % 4 == 3) check_redirect(text);
  return 0;
}
