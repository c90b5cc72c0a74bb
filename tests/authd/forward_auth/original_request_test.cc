#include "authd/forward_auth/original_request.h"

#include <gtest/gtest.h>

#include "authd/forward_auth/canonical_path.h"

namespace picket::authd {
namespace {

using namespace std::string_literals;

Headers nginx(std::string url, std::string method = "GET") {
  return {{"X-Original-URL", std::move(url)}, {"X-Original-Method", std::move(method)}};
}
Headers traefik(std::string uri, std::string host = "app.example.org") {
  return {{"X-Forwarded-Proto", "https"},
          {"X-Forwarded-Host", std::move(host)},
          {"X-Forwarded-Uri", std::move(uri)},
          {"X-Forwarded-Method", "GET"}};
}

/// "GET https://app.example.org/x?q", or why it is denied.
std::string text_of(const Result<OriginalRequest>& request) {
  if (!request)
    return (request.error().kind == ErrorKind::Denied ? "" : "wrong kind: ") + request.error().message;
  return request->method + " " + request->authority.origin() + request->path +
         (request->query.empty() ? "" : "?" + request->query);
}

TEST(OriginalRequest, IsReadInOneFormFromNginx) {
  struct Row {
    std::string url, text;
  };
  const std::vector<Row> rows = {
      {"https://app.example.org/x?a=b%20c", "GET https://app.example.org/x?a=b%20c"},
      {"https://app.example.org", "GET https://app.example.org/"},
      {"https://app.example.org?x", "GET https://app.example.org/?x"},
      {"HTTPS://APP.Example.ORG/X", "GET https://app.example.org/X"},
      {"https://app.example.org./x", "GET https://app.example.org/x"},
      {"https://app.example.org:443/x", "GET https://app.example.org/x"},
      {"https://app.example.org:8443/x", "GET https://app.example.org:8443/x"},
      {"http://app.example.org:80/x", "GET http://app.example.org/x"},
      {"http://app.example.org:443/x", "GET http://app.example.org:443/x"},
      {"https://b\xc3\xbc"s
       "cher.example/x",
       "GET https://xn--bcher-kva.example/x"},
      {"https://xn--bcher-kva.example/x", "GET https://xn--bcher-kva.example/x"},
      {"https://[2001:DB8:0::1]:8443/x", "GET https://[2001:db8::1]:8443/x"},
      {"https://192.0.2.1/x", "GET https://192.0.2.1/x"},
      {"wss://app.example.org/x", "GET https://app.example.org/x"},
      {"https://app.example.org/%C3%A9", "GET https://app.example.org/\xc3\xa9"},
      {"https://app.example.org/e%CC%81", "GET https://app.example.org/\xc3\xa9"},
      {"https://app.example.org/a%20b+c", "GET https://app.example.org/a b+c"},
      {"https://app.example.org/100%25", "GET https://app.example.org/100%"},
      {"https://app.example.org/a..b/.well-known/", "GET https://app.example.org/a..b/.well-known/"},
      {"https://app.example.org/x?a=//b/../c;d%00", "GET https://app.example.org/x?a=//b/../c;d%00"}};
  for (const Row& row : rows) EXPECT_EQ(text_of(read_original(nginx(row.url))), row.text) << row.url;
}

// Row 41 of the attacks: what could be read in two ways is refused.
TEST(OriginalRequest, IsRefusedWhenItsOriginIsAmbiguous) {
  struct Row {
    std::string url, reason;
  };
  const std::string app = "https://app.example.org";
  const std::vector<Row> rows = {
      {"", "X-Original-URL is empty"},
      {"/x", "X-Original-URL is no absolute URL"},
      {"app.example.org/x", "X-Original-URL is no absolute URL"},
      {"ftp://app.example.org/x", "X-Original-URL: the scheme is neither http nor https"},
      {"javascript://app.example.org/x", "X-Original-URL: the scheme is neither http nor https"},
      {"https:///x", "X-Original-URL: the host is empty or too long"},
      {"https://./x", "X-Original-URL: the host is empty or too long"},
      {"https://app.example.org../x", "X-Original-URL: the host is no domain name"},
      {"https://app..example.org/x", "X-Original-URL: the host is no domain name"},
      {"https://u@app.example.org/x", "X-Original-URL: the host is no domain name"},
      {"https://u:p@app.example.org/x", "X-Original-URL: the port is no number between 1 and 65535"},
      {"https://app.example.org:/x", "X-Original-URL: the port is no number between 1 and 65535"},
      {"https://app.example.org:0/x", "X-Original-URL: the port is no number between 1 and 65535"},
      {"https://app.example.org:0443/x", "X-Original-URL: the port is no number between 1 and 65535"},
      {"https://app.example.org:65536/x", "X-Original-URL: the port is no number between 1 and 65535"},
      {"https://app.example.org:443:80/x", "X-Original-URL: the port is no number between 1 and 65535"},
      {"https://app_example.org/x", "X-Original-URL: the host is no domain name"},
      {"https://app%2eexample.org/x", "X-Original-URL: the host is no domain name"},
      {"https://app.example.org,evil/x", "X-Original-URL: the host is no domain name"},
      {"https://a pp.example.org/x", "X-Original-URL: the host is no domain name"},
      {"https://xn--a/x", "X-Original-URL: the host is no domain name"},
      {"https://[::1/x", "X-Original-URL: the host is no address"},
      {"https://[::1]x/x", "X-Original-URL: the host is no address"},
      {"https://[fe80::1%25eth0]/x", "X-Original-URL: the host is no address"},
      {app + "https://app.example.org/x", "X-Original-URL: the port is no number between 1 and 65535"},
      {app + ":443https://app.example.org/x", "X-Original-URL: the port is no number between 1 and 65535"},
      {app + ":443u@app.example.org/x", "X-Original-URL: the port is no number between 1 and 65535"}};
  for (const Row& row : rows) EXPECT_EQ(text_of(read_original(nginx(row.url))), row.reason) << row.url;
}

TEST(OriginalRequest, IsRefusedWhenItsPathIsAmbiguous) {
  struct Row {
    std::string target, reason;
  };
  const std::string app = "https://app.example.org";
  const std::vector<Row> rows = {{"\\x", "the path does not begin with a slash"},
                                 {"//x", "the path holds an empty segment"},
                                 {"/a//b", "the path holds an empty segment"},
                                 {"//", "the path holds an empty segment"},
                                 {"/a/../b", "the path holds a dot segment"},
                                 {"/a/..", "the path holds a dot segment"},
                                 {"/./a", "the path holds a dot segment"},
                                 {"/%2e%2e/a", "the path holds a dot segment"},
                                 {"/a/.%2E/b", "the path holds a dot segment"},
                                 {"/%252e%252e/a", "the path is encoded twice"},
                                 {"/a%2fb", "the path holds an encoded slash"},
                                 {"/a%2Fb", "the path holds an encoded slash"},
                                 {"/a%252fb", "the path is encoded twice"},
                                 {"/a%5cb", "the path holds a backslash"},
                                 {"/a\\b", "the path holds a backslash"},
                                 {"/a%00", "the path holds a control character"},
                                 {"/a%0d%0ab", "the path holds a control character"},
                                 {"/a%7f", "the path holds a control character"},
                                 {"/a%C2%85", "the path holds a control character"},
                                 {"/a%E2%80%A8", "the path holds a control character"},
                                 {"/a b", "the path holds a control character"},
                                 {"/a\tb", "the path holds a control character"},
                                 {"/a;x=1/b", "the path holds a semicolon"},
                                 {"/..;/a", "the path holds a semicolon"},
                                 {"/a%3bx", "the path holds a semicolon"},
                                 {"/a%CD%BE", "the path holds a semicolon"},
                                 {"/a#b", "the path holds a fragment"},
                                 {"/a?b#c", "the query holds a fragment or a control character"},
                                 {"/a?b\nc", "the query holds a fragment or a control character"},
                                 {"/a%", "the path holds a broken escape"},
                                 {"/a%4", "the path holds a broken escape"},
                                 {"/a%zz", "the path holds a broken escape"},
                                 {"/%u002e", "the path holds a broken escape"},
                                 {"/%ff", "the path is not valid UTF-8"},
                                 {"/%c0%ae%c0%ae/a", "the path is not valid UTF-8"},
                                 {"/%ed%a0%80", "the path is not valid UTF-8"},
                                 {"/" + std::string(8192, 'a'), "X-Original-URL is too long"}};
  for (const Row& row : rows)
    EXPECT_EQ(text_of(read_original(nginx(app + row.target))), row.reason) << row.target;
}

TEST(OriginalRequest, NeedsAMethodInUpperCase) {
  struct Row {
    std::string method, text;
  };
  const std::vector<Row> rows = {{"POST", "POST https://app.example.org/x"},
                                 {"PROPFIND", "PROPFIND https://app.example.org/x"},
                                 {"M-SEARCH", "M-SEARCH https://app.example.org/x"},
                                 {"get", "the method is no method, or not in upper case"},
                                 {"Get", "the method is no method, or not in upper case"},
                                 {"GET ", "the method is no method, or not in upper case"},
                                 {"GET,POST", "the method is no method, or not in upper case"},
                                 {"", "X-Original-Method is empty"}};
  for (const Row& row : rows) {
    EXPECT_EQ(text_of(read_original(nginx("https://app.example.org/x", row.method))), row.text) << row.method;
  }
}

TEST(OriginalRequest, IsRefusedWhenAFieldIsMissingOrThereTwice) {
  struct Row {
    Headers headers;
    std::string reason;
  };
  Headers twice = nginx("https://app.example.org/public");
  twice.add("x-original-url", "https://app.example.org/admin");
  Headers both_methods = nginx("https://app.example.org/x");
  both_methods.add("X-Original-Method", "POST");
  Headers both = traefik("/public");
  both.add("X-Original-URL", "https://app.example.org/admin");
  Headers two_uris = traefik("/public");
  two_uris.add("X-Forwarded-Uri", "/admin");
  Headers no_host = traefik("/x");
  no_host.remove("X-Forwarded-Host");
  Headers no_proto = traefik("/x");
  no_proto.remove("X-Forwarded-Proto");
  const std::vector<Row> rows = {
      {{}, "neither X-Original-URL nor X-Forwarded-Uri is there"},
      {{{"X-Original-URL", "https://app.example.org/x"}}, "X-Original-Method is missing"},
      {twice, "X-Original-URL is there twice"},
      {both_methods, "X-Original-Method is there twice"},
      {both, "both X-Original-URL and X-Forwarded-Uri are there"},
      {two_uris, "X-Forwarded-Uri is there twice"},
      {no_host, "X-Forwarded-Host is missing"},
      {no_proto, "X-Forwarded-Proto is missing"},
      {{{"X-Forwarded-Uri", "/x"}}, "X-Forwarded-Method is missing"}};
  for (const Row& row : rows) EXPECT_EQ(text_of(read_original(row.headers)), row.reason);
}

// Row 41: nginx routes by the host of the request line, and Host may name another.
TEST(OriginalRequest, IsRefusedWhenXForwardedHostNamesAnother) {
  struct Row {
    std::string url, host, text;
  };
  const std::string other = "X-Forwarded-Host names another host or port";
  const std::vector<Row> rows = {
      {"https://app.example.org/x", "app.example.org", "GET https://app.example.org/x"},
      {"https://app.example.org/x", "APP.example.org.:443", "GET https://app.example.org/x"},
      {"https://app.example.org:8443/x", "app.example.org:8443", "GET https://app.example.org:8443/x"},
      {"https://app.example.org/x", "status.example.org", other},
      {"https://app.example.org:8443/x", "app.example.org", other},
      {"https://app.example.org/x", "app.example.org:80", other},
      {"https://app.example.org/x", "", "X-Forwarded-Host is empty"},
      {"https://app.example.org/x", "u@app.example.org", "X-Forwarded-Host: the host is no domain name"},
      {"https://app.example.org/x", "https://app.example.org",
       "X-Forwarded-Host: the port is no number between 1 and 65535"},
      {"https://app.example.org/x", "app.example.org, app.example.org",
       "X-Forwarded-Host: the host is no domain name"}};
  for (const Row& row : rows) {
    Headers headers = nginx(row.url);
    headers.add("X-Forwarded-Host", row.host);
    EXPECT_EQ(text_of(read_original(headers)), row.text) << row.url << " " << row.host;
  }
  Headers twice = nginx("https://app.example.org/x");
  twice.add("X-Forwarded-Host", "app.example.org");
  twice.add("X-Forwarded-Host", "app.example.org");
  EXPECT_EQ(text_of(read_original(twice)), "X-Forwarded-Host is there twice");
}

TEST(OriginalRequest, IsReadFromTraefikAndCaddy) {
  struct Row {
    std::string uri, host, text;
  };
  const std::vector<Row> rows = {
      {"/x?y=1", "App.example.org:443", "GET https://app.example.org/x?y=1"},
      {"/x", "app.example.org:8443", "GET https://app.example.org:8443/x"},
      {"/", "app.example.org", "GET https://app.example.org/"},
      {"x", "app.example.org", "the path does not begin with a slash"},
      {"https://app.example.org/x", "app.example.org", "the path does not begin with a slash"},
      {"//evil/x", "app.example.org", "the path holds an empty segment"},
      {"/x", "app.example.org, evil", "the host is no domain name"},
      {"/x", "u@app.example.org", "the host is no domain name"},
      {"/https://app.example.org/x", "app.example.org", "the path holds an empty segment"},
      {"/x", "app.example.org/..", "the host is no domain name"}};
  for (const Row& row : rows)
    EXPECT_EQ(text_of(read_original(traefik(row.uri, row.host))), row.text) << row.uri;
}

TEST(OriginalRequest, IsReadFromEnvoyBelowItsPrefix) {
  struct Row {
    std::string path, text;
  };
  const std::vector<Row> rows = {{"/ext/x?y", "PUT https://app.example.org/x?y"},
                                 {"/ext/", "PUT https://app.example.org/"},
                                 {"/ext", "the path does not begin with a slash"},
                                 {"/extra/x", "the path does not begin with a slash"},
                                 {"/other/x", "the path does not begin with the prefix"},
                                 {"/ext/%2e%2e/x", "the path holds a dot segment"}};
  for (const Row& row : rows) {
    Request request;
    request.method = Method::Put;
    request.target = picket::Target::parse(row.path).value();
    request.headers = {{"Host", "app.example.org"}, {"X-Forwarded-Proto", "https"}};
    EXPECT_EQ(text_of(read_envoy(request, "/ext")), row.text) << row.path;
    request.headers.add("X-Forwarded-Host", "app.example.org");
    EXPECT_EQ(text_of(read_envoy(request, "/ext")), row.text) << row.path;
    request.headers.set("X-Forwarded-Host", "evil.example");
    EXPECT_FALSE(read_envoy(request, "/ext")) << "Host says otherwise";
    request.headers.remove("X-Forwarded-Host");
    request.headers.add("Host", "evil.example");
    EXPECT_FALSE(read_envoy(request, "/ext"));
  }
}

TEST(OriginalRequest, KeepsWhatCameForTheWayBack) {
  const auto request = read_original(nginx("https://App.example.org:443/a%20b?c=%2F"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->raw_path, "/a%20b");
  EXPECT_EQ(request->url(), "https://app.example.org/a%20b?c=%2F");
}

TEST(CanonicalPath, OfACanonicalPathIsItself) {
  for (const char* path : {"/", "/a/b/", "/a.b", "/...", "/a..", "/\xc3\xa9"}) {
    EXPECT_EQ(canonical_path(path).value_or("denied"), path);
  }
}

}  // namespace
}  // namespace picket::authd
