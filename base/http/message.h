// HTTP messages as values, the same for server and client. Source: RFC 9110.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time/clock.h"

namespace picket {

enum class Method { Get, Head, Post, Put, Delete, Patch, Options };
std::string_view to_string(Method method);
std::optional<Method> parse_method(std::string_view text);

/// Fields in order; names compare without case.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;
  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  /// The first of that name; null when absent.
  const std::string* find(std::string_view name) const;
  std::string get(std::string_view name, std::string_view otherwise = "") const;
  std::vector<std::string> all(std::string_view name) const;
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  void reserve(std::size_t count) { fields_.reserve(count); }
  void set(std::string_view name, std::string value);  ///< replaces every field of that name
  void remove(std::string_view name);
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }

 private:
  std::vector<Field> fields_;
};

/// Path and query as they came, and decoded once.
struct Target {
  std::string raw;                                         ///< "/probe?target=x"
  std::string path;                                        ///< percent-decoded
  std::vector<std::pair<std::string, std::string>> query;  ///< decoded, in order; '+' is a space

  const std::string* param(std::string_view name) const;  ///< the first; null when absent
  std::vector<std::string> params(std::string_view name) const;
  /// Nothing on broken escapes or a NUL.
  static std::optional<Target> parse(std::string_view raw);
};

struct ClientAddress {
  std::string address;  ///< "192.0.2.1", or "unix"
  std::uint16_t port = 0;
};

struct Request {
  Method method = Method::Get;
  Target target;
  Headers headers;
  std::string body;
  ClientAddress client;
  Deadline deadline;
  std::vector<std::pair<std::string, std::string>> path_params;  ///< of the route's {name} parts, decoded
  std::string user;                                              ///< authenticated by web.config.yml, or ""
  bool has_verified_certificate = false;  ///< of the client, as web.config.yml asks for it

  const std::string& path_param(std::string_view name) const;  ///< must be in the route's pattern
};

/// A body made piece by piece, so that a large answer is never whole in memory.
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  /// Appends the next piece (about 64 KiB) to `out`; false when that was the last. Called on a worker, one
  /// call at a time.
  virtual bool next(std::string& out) = 0;
};

struct Response {
  int status = 200;
  Headers headers{};
  std::string body{};
  std::shared_ptr<BodyStream> stream{};  ///< instead of `body`, sent chunked

  static Response text(int status, std::string body);
  static Response html(std::string body);
  static Response json(int status, std::string body);
  /// RFC 9457 application/problem+json.
  static Response problem(int status, std::string_view title, std::string_view detail);
};

std::string_view reason_phrase(int status);

}  // namespace picket
