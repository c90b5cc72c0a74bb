#include "base/web/layout.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/text/encoding.h"
#include "base/text/strings.h"
#include "base/web/style.h"

namespace picket::web {
namespace {

constexpr std::ptrdiff_t kDepthMax = 32;  // a path of slashes would make long links

std::string_view class_of(Width width) {
  return width == Width::Narrow ? "narrow" : width == Width::Wide ? "wide" : "reading";
}

Html header_of(const Site& site) {
  Html brand = site.product.empty() ? Html() : element("span", {}, site.product) + " ";
  brand += element("b", {}, site.name);
  Html links;
  for (const NavLink& link : site.navigation)
    links += element("a", {{"href", site.root + link.href}}, link.text) + "\n";
  if (!links.empty()) links = element("nav", {{"aria-label", "Main"}}, links);
  return element("header", {},
                 element("a", {{"class", "brand"}, {"href", site.root + site.home}}, brand) + "\n" + links);
}

Html head_of(const Site& site, const Page& page) {
  const std::string subject = page.tab.empty() ? page.title : page.tab;
  return element("head", {},
                 Html::markup("\n<meta charset=\"utf-8\">\n"
                              "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                              "<meta name=\"color-scheme\" content=\"light dark\">\n") +
                     element("title", {}, subject == site.name ? subject : subject + " · " + site.name) +
                     "\n" + void_element("link", {{"rel", "icon"}, {"href", site.root + site.icon}}) + "\n" +
                     Html::markup("<style>" + std::string(style_sheet()) + "</style>\n"));
}

Html body_of(const Site& site, const Page& page) {
  const Html main = element("h1", {}, page.title) + "\n" + page.body;
  Html out = element("a", {{"class", "skip"}, {"href", "#main"}}, "Skip to the content") + "\n" +
             header_of(site) + "\n" + element("main", {{"id", "main"}}, main) + "\n";
  if (!site.footer.empty()) out += element("footer", {}, site.footer) + "\n";
  return element("body", {{"class", std::string(class_of(page.width))}}, "\n" + out);
}

std::string content_policy(const Page& page) {
  static const std::string hash = base64_encode(sha256(style_sheet()));
  std::string targets = "'self'";
  for (const std::string& origin : page.form_targets) targets += " " + origin;
  return fmt::format(
      "default-src 'none'; img-src 'self'; style-src 'sha256-{}'; base-uri 'none'; form-action {}; "
      "frame-ancestors 'none'",
      hash, targets);
}

}  // namespace

std::string root_of(const Target& target) {
  const std::string_view raw = target.raw;
  const std::string_view path =
      raw.starts_with('/') ? raw.substr(0, raw.find_first_of("?#")) : std::string_view(target.path);
  const std::ptrdiff_t depth = std::ranges::count(path, '/') - 1;
  if (depth <= 0) return "./";
  if (depth > kDepthMax) return "/";
  std::string root;
  for (std::ptrdiff_t i = 0; i < depth; ++i) root += "../";
  return root;
}

Response render(const Site& site, const Page& page) {
  const Html html =
      element("html", {{"lang", "en"}}, "\n" + head_of(site, page) + "\n" + body_of(site, page) + "\n");
  Response response = Response::html("<!doctype html>\n" + html.str() + "\n");
  response.status = page.status;
  response.headers.set("Content-Security-Policy", content_policy(page));
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Referrer-Policy", "same-origin");  // no-referrer would make Origin "null"
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace picket::web
