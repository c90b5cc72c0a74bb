#include "tests/support/page_faults.h"

#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

namespace picket::test {
namespace {

// Answers a list of texts.
constexpr const char* kLook = R"js(
const faults = [];
const say = (what, element) => faults.push(what + ': ' + element.outerHTML.slice(0, 160));
const parse = text => { const n = text.match(/[\d.]+/g).map(Number); return n.length > 3 ? n : [...n, 1]; };
const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
const backdrop = element => {
  let layers = [];
  for (let e = element; e; e = e.parentElement) layers.unshift(parse(getComputedStyle(e).backgroundColor));
  return layers.reduce((below, top) => over(top, below), [255, 255, 255, 1]);
};
const light = c => c.slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
const check_contrast = (element, style, part) => {
  const back = backdrop(element), large = parseFloat(style.fontSize) >= 24;
  const seen = contrast(over(parse(style.color), back), back);
  if (seen < (large ? 3 : 4.5)) say('contrast ' + seen.toFixed(2) + part, element);
};
const wide = document.documentElement.scrollWidth;
if (wide > innerWidth) {
  const culprit = [...document.querySelectorAll('body *')].find(e => e.getBoundingClientRect().right > innerWidth + 1);
  say('scrolls sideways, ' + wide + ' > ' + innerWidth, culprit || document.body);
}
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode, parent = node.parentElement, range = document.createRange();
  range.selectNodeContents(node);
  const boxes = range.getClientRects();
  if (!node.data.trim() || !boxes.length || boxes[0].right < 0 || parent.closest('svg,option')) continue;
  check_contrast(parent, getComputedStyle(parent), '');
  for (const token of node.data.matchAll(/\S{2,27}(?=\s|$)/gu)) {
    if (token.index > 0 && !/\s/.test(node.data[token.index - 1])) continue;  // the end of a long one
    for (const word of token[0].matchAll(/[\p{L}\p{N}_]+/gu)) {
      range.setStart(node, token.index + word.index);
      range.setEnd(node, token.index + word.index + word[0].length);
      const tops = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
      if (tops.size > 1) say('broken word ' + word[0], parent);
    }
  }
}
for (const element of document.querySelectorAll('[data-label]')) {
  const style = getComputedStyle(element, '::before');
  if (style.content === 'none' || !element.getClientRects().length) continue;
  check_contrast(element, style, ' of the label');
  if (parseFloat(style.height) > element.clientHeight + 1) say('label beyond its cell', element);
}
for (const field of document.querySelectorAll('input:not([type=hidden]):not([hidden]),select,textarea'))
  if (!field.labels.length) say('field without label', field);
for (const element of document.querySelectorAll('a[href],button'))
  if (!element.textContent.trim()) say('no text', element);
for (const drawing of document.querySelectorAll('svg[role=img]'))
  if (!drawing.querySelector('title')?.textContent) say('drawing without title', drawing);
for (const element of document.querySelectorAll('script,[style]')) say('script or style', element);
const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) faults.push('id twice: ' + id);
for (const one of ['h1', 'main', 'html[lang]'])
  if (document.querySelectorAll(one).length !== 1) faults.push('not one ' + one);
if (!document.title) faults.push('no title');
return faults;
)js";

}  // namespace

std::vector<std::string> page_faults(Browser& browser) {
  const auto answer = nlohmann::json::parse(browser.run(kLook));
  std::vector<std::string> faults;
  if (answer.is_array()) faults = answer.get<std::vector<std::string>>();
  if (!answer.is_array()) faults.push_back(answer.dump());
  for (const std::string& line : browser.console()) faults.push_back("console: " + line);
  return faults;
}

std::string page_faults_everywhere(Browser& browser, const std::string& url, const std::string& name) {
  std::string faults;
  for (const int width : {1280, 390}) {
    for (const bool is_dark : {false, true}) {
      const std::string where = name + "-" + std::to_string(width) + (is_dark ? "-dark" : "-light");
      browser.show_as(width, is_dark);
      browser.open(url);
      for (const std::string& fault : page_faults(browser)) faults += fmt::format("{}: {}\n", where, fault);
      const char* folder = std::getenv("PICKET_SCREENSHOTS");
      if (folder != nullptr) browser.screenshot(std::string(folder) + "/" + where + ".png");
    }
  }
  return faults;
}

}  // namespace picket::test
