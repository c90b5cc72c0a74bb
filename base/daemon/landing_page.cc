#include "base/daemon/landing_page.h"

#include "base/crypto/digest.h"
#include "base/daemon/version.h"
#include "base/text/encoding.h"
#include "base/text/escape.h"

namespace picket {
namespace {

constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--ink:#1d2733;--soft:#5b6b7c;--line:#d8e0e8;--back:#f6f8fa;--card:#fff;--link:#0b5cad}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa9b8;--line:#2d3742;--back:#0f151b;--card:#171f27;--link:#6cb2ff}}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:44rem;margin:4rem auto;padding:0 1.25rem}
h1{margin:0;font-size:1.75rem;font-weight:650}
.version{color:var(--soft);margin:.25rem 0 1.5rem;font-size:.875rem}
ul{list-style:none;margin:2rem 0;padding:0;border:1px solid var(--line);border-radius:.5rem;background:var(--card)}
li{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;padding:.75rem 1rem;border-top:1px solid var(--line)}
li:first-child{border-top:0}
a{color:var(--link);text-decoration:none;font-family:ui-monospace,monospace;min-width:15rem}
a:hover,a:focus{text-decoration:underline}
span{color:var(--soft)}
)";

constexpr std::string_view kIcon =
    R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#0b5cad" d="M5 9l3-4 3 4v4h2.500V9l3-4 3 4v4H22V9l3-4 3 4v18h-6v-4h-2.500v4h-6v-4H11v4H5z"/></svg>)";

std::string links(const Router& router) {
  std::string out;
  for (const Route& route : router.routes()) {
    if (!route.options.on_landing || route.method != Method::Get) continue;
    const std::string path = escape_html(route.pattern);
    out += fmt::format("<li><a href=\"{}\">{}</a><span>{}</span></li>\n", path, path,
                       escape_html(route.options.summary));
  }
  return out;
}

}  // namespace

Response landing_page(const DaemonSpec& spec, const Router& router) {
  const std::string name = escape_html(spec.name);
  Response response = Response::html(fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{0}</title>\n"
      "<link rel=\"icon\" href=\"/favicon.ico\">\n<style>{1}</style>\n</head>\n<body>\n<main>\n<h1>{0}</h1>\n"
      "<p class=\"version\">version {2}, revision "
      "{3}</p>\n<p>{4}</p>\n<ul>\n{5}</ul>\n</main>\n</body>\n</html>\n",
      name, kStyle, escape_html(version()), escape_html(revision()), escape_html(spec.summary),
      links(router)));
  response.headers.set(
      "Content-Security-Policy",
      fmt::format("default-src 'none'; img-src 'self'; style-src 'sha256-{}'; base-uri 'none'; "
                  "form-action 'none'; frame-ancestors 'none'",
                  base64_encode(sha256(kStyle))));
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Referrer-Policy", "no-referrer");
  return response;
}

Response favicon() {
  Response response;
  response.headers.set("Content-Type", "image/svg+xml");
  response.headers.set("Cache-Control", "public, max-age=86400");
  response.body = kIcon;
  return response;
}

}  // namespace picket
