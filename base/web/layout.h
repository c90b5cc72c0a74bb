// The frame of every page of the fleet: header with product and daemon, navigation, the page, footer; one
// style sheet, allowed by its hash; no script and nothing from elsewhere. A page is a function from a view
// struct to Html: no SQL and no HTTP in it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/http/message.h"
#include "base/web/html.h"

namespace picket::web {

struct NavLink {
  std::string href;  ///< relative to the root: "metrics"
  std::string text{};
};

struct Site {
  std::string name;                  ///< "health_exporter", or what the operator calls it
  std::string product = "Picket";    ///< "": the name stands alone
  std::string root = "./";           ///< from the page to the root: root_of()
  std::string home{};                ///< where the name leads, relative to the root
  std::string icon = "favicon.ico";  ///< relative to the root
  std::vector<NavLink> navigation{};
  std::string footer{};
};

/// "./" for /metrics, "../" for /auth/login: links that start so work under every path prefix that a proxy
/// adds, whether or not it takes the prefix away.
std::string root_of(const Target& target);

enum class Width {
  Narrow,  ///< a card with a form
  Text,    ///< what is read
  Wide,    ///< tables
};

struct Page {
  std::string title{};
  Html body{};
  int status = 200;
  Width width = Width::Text;
  std::string tab{};  ///< what the browser's tab says first, "3 down"; "": the title
  /// Origins, besides ours, that a form may end at after a redirect.
  std::vector<std::string> form_targets{};
};

/// Says what the page may load and where it may post to; never cached.
Response render(const Site& site, const Page& page);

}  // namespace picket::web
