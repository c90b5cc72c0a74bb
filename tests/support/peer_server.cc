#include "tests/support/peer_server.h"

#include <arpa/inet.h>
#include <httplib.h>

#include <filesystem>
#include <thread>

#include "tests/support/free_port.h"
#include "tests/support/give_up.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

constexpr std::size_t kThreads = 32;

int port_of(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  return 0;
}

// Cuts the server's side of the connection that comes from `remote_port`: cpp-httplib shows no socket.
void cut_connection(int local_port, int remote_port) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int file = std::atoi(entry.path().filename().c_str());
    sockaddr_storage local{};
    sockaddr_storage remote{};
    socklen_t size = sizeof local;
    if (::getsockname(file, reinterpret_cast<sockaddr*>(&local), &size) != 0) continue;
    size = sizeof remote;
    if (::getpeername(file, reinterpret_cast<sockaddr*>(&remote), &size) != 0) continue;
    if (port_of(local) == local_port && port_of(remote) == remote_port) ::shutdown(file, SHUT_RDWR);
  }
}

PeerRequest record_of(const httplib::Request& request) {
  PeerRequest record;
  record.method = request.method;
  const std::size_t mark = request.target.find('?');
  record.path = request.target.substr(0, mark);
  if (mark != std::string::npos) record.query = request.target.substr(mark + 1);
  for (const auto& [name, value] : request.headers) record.headers.emplace(name, value);
  record.body = request.body;
  record.time = std::chrono::steady_clock::now();
  return record;
}

void write_answer(const PeerAnswer& answer, httplib::Response& response) {
  response.status = answer.status;
  const auto type = answer.headers.find("Content-Type");
  response.set_content(answer.body, type == answer.headers.end() ? std::string("text/plain") : type->second);
  for (const auto& [name, value] : answer.headers) {
    if (::strcasecmp(name.c_str(), "Content-Type") != 0) response.set_header(name, value);
  }
}

std::string decoded(const std::string& text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && at + 2 < text.size()) {
      result += static_cast<char>(std::stoi(text.substr(at + 1, 2), nullptr, 16));
      at += 2;
    } else {
      result += text[at] == '+' ? ' ' : text[at];
    }
  }
  return result;
}

}  // namespace

std::string PeerRequest::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

std::string PeerRequest::form(const std::string& name) const {
  std::string result;
  std::stringstream fields(body);
  for (std::string field; std::getline(fields, field, '&');) {
    const std::size_t equals = field.find('=');
    if (equals == std::string::npos || decoded(field.substr(0, equals)) != name) continue;
    result += (result.empty() ? "" : ",") + decoded(field.substr(equals + 1));
  }
  return result;
}

class LocalPeer::Listener {
 public:
  explicit Listener(LocalPeer& peer) : server_(make_server(peer.tls_)) {
    const auto handler = [&peer](const httplib::Request& request, httplib::Response& response) {
      const PeerAnswer answer = peer.handle(record_of(request));
      if (answer.lost) cut_connection(peer.port_, request.remote_port);
      write_answer(answer, response);
    };
    server_->new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server_->set_keep_alive_timeout(1);
    server_->set_tcp_nodelay(true);
    for (auto add :
         {&httplib::Server::Get, &httplib::Server::Post, &httplib::Server::Put, &httplib::Server::Options}) {
      std::invoke(add, *server_, ".*", httplib::Server::Handler(handler));
    }
    server_->Delete(".*", httplib::Server::Handler(handler));
    server_->Patch(".*", httplib::Server::Handler(handler));
    if (!server_->bind_to_port("127.0.0.1", peer.port_)) give_up("local peer cannot listen");
    thread_ = std::jthread([this] { server_->listen_after_bind(); });
    wait_until(std::chrono::seconds(10), [this] { return server_->is_running(); });
  }
  ~Listener() { server_->stop(); }

 private:
  static std::unique_ptr<httplib::Server> make_server(const Tls& tls) {
    if (tls.cert_file.empty()) return std::make_unique<httplib::Server>();
    const char* client_ca = tls.client_ca_file.empty() ? nullptr : tls.client_ca_file.c_str();
    auto server =
        std::make_unique<httplib::SSLServer>(tls.cert_file.c_str(), tls.key_file.c_str(), client_ca);
    if (!server->is_valid()) give_up("local peer refuses its certificate " + tls.cert_file);
    return server;
  }

  std::unique_ptr<httplib::Server> server_;
  std::jthread thread_;
};

LocalPeer::LocalPeer(Answer answer) : LocalPeer(Tls{}, std::move(answer)) {}

LocalPeer::LocalPeer(Tls tls, Answer answer)
    : tls_(std::move(tls)), port_(free_port()), answer_(std::move(answer)) {
  start();
}

LocalPeer::~LocalPeer() {
  stop();
}

void LocalPeer::start() {
  if (!listener_) listener_ = std::make_unique<Listener>(*this);
}

void LocalPeer::stop() {
  listener_.reset();
  // No answer is being made any more. The library's own joins go unseen by the thread sanitizer; this does not.
  const MutexLock lock(mutex_);
}

std::string LocalPeer::url(const std::string& path) const {
  return (tls_.cert_file.empty() ? "http" : "https") + std::string("://127.0.0.1:") + std::to_string(port_) +
         path;
}

void LocalPeer::answer_with(Answer answer) {
  const MutexLock lock(mutex_);
  answer_ = std::move(answer);
}

PeerAnswer LocalPeer::handle(const PeerRequest& request) {
  Answer answer;
  {
    const MutexLock lock(mutex_);
    requests_.push_back(request);
    answer = answer_;
  }
  arrived_.notify_all();
  PeerAnswer given = answer ? answer(request) : PeerAnswer{200, "ok", {}, false};
  const MutexLock lock(mutex_);  // what the answer read may go once stop() has had this
  return given;
}

std::vector<PeerRequest> LocalPeer::requests() const {
  const MutexLock lock(mutex_);
  return requests_;
}

std::vector<PeerRequest> LocalPeer::requests(const std::string& path) const {
  std::vector<PeerRequest> result = requests();
  std::erase_if(result, [&](const PeerRequest& request) { return request.path != path; });
  return result;
}

std::size_t LocalPeer::count() const {
  const MutexLock lock(mutex_);
  return requests_.size();
}

bool LocalPeer::wait_for(std::size_t count, std::chrono::milliseconds within) const
    PICKET_THREAD_ANNOTATION(no_thread_safety_analysis) {
  std::unique_lock lock(mutex_);
  return arrived_.wait_for(lock, within, [&] { return requests_.size() >= count; });
}

void LocalPeer::forget() {
  const MutexLock lock(mutex_);
  requests_.clear();
}

}  // namespace picket::test
