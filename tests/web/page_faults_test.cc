// The checker of pages itself: a page with every fault that it knows.
#include "tests/support/page_faults.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/peer_server.h"

namespace picket::test {
namespace {

constexpr std::string_view kBadPage = R"(<!doctype html><html><head><link rel="icon" href="data:,">
<style>.pale{color:#aaa}.thin{width:2rem;overflow-wrap:anywhere}.wide{width:200vw}td::before{content:attr(data-label);color:#ccc}</style>
</head><body><p class="pale">pale</p><p class="thin">unbreakable</p><p class="wide" id="a">wide</p>
<p id="a" style="margin:0">again</p><input type="text"><a href="x"></a><svg role="img"></svg>
<table><tr><td data-label="Name">x</td></tr></table><img src="missing.png" alt="">
<script>1</script></body></html>)";

TEST(PageFaults, NamesEachFault) {
  const LocalPeer peer([](const PeerRequest& request) {
    if (request.path != "/") return PeerAnswer{.status = 404};
    return PeerAnswer{.body = std::string(kBadPage), .headers = {{"Content-Type", "text/html"}}};
  });
  Browser browser;
  browser.open(peer.url("/"));
  const std::vector<std::string> faults = page_faults(browser);
  for (const char* fault :
       {"contrast 2.32: <p class=\"pale\">", "contrast 1.61 of the label: <td", "broken word unbreakable",
        "scrolls sideways", "field without label", "no text: <a", "drawing without title",
        "script or style: <script", "script or style: <p", "id twice: a", "not one h1", "not one main",
        "not one html[lang]", "no title", "console: "}) {
    EXPECT_TRUE(std::ranges::any_of(faults, [&](const std::string& f) { return f.starts_with(fault); }))
        << fault;
  }
}

}  // namespace
}  // namespace picket::test
