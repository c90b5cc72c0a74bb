#include "base/daemon/landing_page.h"

#include <fmt/format.h>

#include "base/daemon/version.h"
#include "base/web/parts.h"

namespace picket {
namespace {

constexpr std::string_view kIcon =
    R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#0b5cad" d="M5 9l3-4 3 4v4h2.500V9l3-4 3 4v4H22V9l3-4 3 4v18h-6v-4h-2.500v4h-6v-4H11v4H5z"/></svg>)";

web::Html links(const Router& router, const std::string& root) {
  std::vector<std::pair<web::Html, web::Html>> rows;
  for (const Route& route : router.routes()) {
    if (!route.options.on_landing || route.method != Method::Get) continue;
    const std::string href = root + route.pattern.substr(1);
    rows.emplace_back(web::anchor(href, web::code(route.pattern)), route.options.summary);
  }
  return web::definitions(rows);
}

}  // namespace

web::Site site_of(const DaemonSpec& spec, const Target& target) {
  web::Site site;
  site.name = spec.name;
  site.root = web::root_of(target);
  site.navigation = {{"", "Start"}};
  site.navigation.insert(site.navigation.end(), spec.pages.begin(), spec.pages.end());
  site.navigation.push_back({"metrics", "Metrics"});
  site.navigation.push_back({"-/ready?verbose", "Readiness"});
  site.footer = fmt::format("{} · version {} · revision {}", spec.name, version(), revision());
  return site;
}

Response landing_page(const DaemonSpec& spec, const Router& router, const Target& target,
                      std::optional<web::Page> own) {
  const web::Site site = site_of(spec, target);
  web::Page page =
      own ? std::move(*own) : web::Page{.title = spec.name, .body = web::paragraph(spec.summary)};
  page.body += web::heading("Pages and APIs") + links(router, site.root);
  return web::render(site, page);
}

Response favicon() {
  Response response;
  response.headers.set("Content-Type", "image/svg+xml");
  response.headers.set("Cache-Control", "public, max-age=86400");
  response.body = kIcon;
  return response;
}

}  // namespace picket
