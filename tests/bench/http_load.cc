#include "tests/bench/http_load.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <optional>

#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket::bench {
namespace {

using Moment = std::chrono::steady_clock::time_point;
using std::chrono::nanoseconds;

constexpr std::chrono::seconds kPatience{5};  // for what is under way at the end
constexpr std::size_t kRead = 16384;

Moment now() {
  return std::chrono::steady_clock::now();
}

int connect_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

/// The answer at the beginning of `inbox`, once it is whole; bodies have a length here.
std::optional<LoadAnswer> whole_answer(std::string_view inbox) {
  const std::size_t end = inbox.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view head = inbox.substr(0, end + 2);
  std::size_t length = 0;
  for (const std::string_view line : split(head, '\n')) {
    constexpr std::string_view kField = "content-length:";
    if (line.size() > kField.size() && iequals(line.substr(0, kField.size()), kField))
      length = static_cast<std::size_t>(parse_int(trim(line.substr(kField.size()))).value_or(0));
  }
  const std::string_view rest = inbox.substr(end + 4);
  if (rest.size() < length || head.size() < 12) return std::nullopt;
  return LoadAnswer{static_cast<int>(parse_int(head.substr(9, 3)).value_or(0)), head, rest.substr(0, length)};
}

class Load {
 public:
  explicit Load(const LoadPlan& plan)
      : plan_(plan),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)),
        lines_(static_cast<std::size_t>(plan.connections)) {
    ::prctl(PR_SET_TIMERSLACK, 1);  // ns: due means due
    for (std::size_t i = 0; i < lines_.size(); ++i) open(i);
  }
  ~Load() {
    for (const Line& line : lines_) {
      if (line.fd >= 0) ::close(line.fd);
    }
    ::close(epoll_);
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  LoadResult run() {
    began_ = now();
    const Moment end = began_ + plan_.time;
    while (may_ask(end)) {
      ask_all(end);
      wait(next_wait(end));
    }
    ask_all(end);  // what became due while it last waited
    const Moment asked = now();
    while (busy_ > 0 && now() < asked + kPatience) wait(std::chrono::milliseconds(10));
    result_.seconds = std::chrono::duration<double>(asked - began_).count();
    result_.unanswered += busy_ + overdue(end);
    std::ranges::sort(result_.took_ms);
    return std::move(result_);
  }

 private:
  struct Line {
    int fd = -1;
    bool is_busy = false;
    long number = 0;
    Moment due{};
    std::string inbox;
  };

  bool is_open_loop() const { return plan_.per_second > 0; }
  bool is_spent() const { return plan_.requests_max > 0 && next_ >= plan_.requests_max; }
  bool may_ask(Moment end) const { return now() < end && (!is_spent() || busy_ > 0); }
  Moment due_of(long number) const {
    return began_ + nanoseconds(static_cast<long>(static_cast<double>(number) / plan_.per_second * 1e9));
  }
  /// Requests that nobody was free for.
  long overdue(Moment end) const {
    if (!is_open_loop()) return 0;
    long count = 0;
    while (due_of(next_ + count) < end && (plan_.requests_max == 0 || next_ + count < plan_.requests_max))
      ++count;
    return count;
  }

  void open(std::size_t index) {
    Line& line = lines_[index];
    line = {};
    line.fd = connect_to(plan_.port);
    if (line.fd < 0) {
      ++result_.failed;
      return;
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, line.fd, &event);
    idle_.push_back(index);
  }

  void ask_all(Moment end) {
    while (!idle_.empty() && !is_spent()) {
      const Moment at = now();
      const Moment due = is_open_loop() ? due_of(next_) : at;
      if (due > at || due >= end) return;
      const std::size_t index = idle_.front();
      idle_.pop_front();
      ask(lines_[index], due);
    }
  }

  void ask(Line& line, Moment due) {
    line.number = next_++;
    line.due = due;
    line.is_busy = true;
    ++busy_;
    const std::string request = plan_.request(line.number);
    // Requests are small and the line is idle: the kernel takes them whole. A line that is gone is found by
    // reading.
    if (::send(line.fd, request.data(), request.size(), MSG_NOSIGNAL) < 0) return;
  }

  nanoseconds next_wait(Moment end) const {
    Moment until = end;
    if (is_open_loop() && !idle_.empty() && !is_spent()) until = std::min(until, due_of(next_));
    return std::max(nanoseconds(0), until - now());
  }

  void wait(nanoseconds time) {
    std::array<epoll_event, 64> events{};
    const timespec patience{time.count() / 1'000'000'000, time.count() % 1'000'000'000};
    const int count =
        ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &patience, nullptr);
    for (int i = 0; i < count; ++i) read(events.at(static_cast<std::size_t>(i)).data.u64);
  }

  void read(std::size_t index) {
    Line& line = lines_[index];
    std::array<char, kRead> piece{};
    const ssize_t size = ::recv(line.fd, piece.data(), piece.size(), 0);
    if (size <= 0) return lost(index);
    line.inbox.append(piece.data(), static_cast<std::size_t>(size));
    const std::optional<LoadAnswer> answer = whole_answer(line.inbox);
    if (!answer) return;
    result_.took_ms.push_back(std::chrono::duration<double, std::milli>(now() - line.due).count());
    ++result_.by_status[answer->status];
    if (plan_.answered) plan_.answered(line.number, *answer);
    line.inbox.clear();
    line.is_busy = false;
    --busy_;
    idle_.push_back(index);
  }

  /// A server may close a line that is idle; one with a request on it is a fault.
  void lost(std::size_t index) {
    const Line& line = lines_[index];
    if (line.is_busy) {
      ++result_.failed;
      --busy_;
    }
    std::erase(idle_, index);
    ::close(line.fd);
    open(index);
  }

  const LoadPlan& plan_;
  const int epoll_;
  std::vector<Line> lines_;
  std::deque<std::size_t> idle_;
  Moment began_{};
  long next_ = 0;
  long busy_ = 0;
  LoadResult result_;
};

}  // namespace

double LoadResult::percentile(double share) const {
  if (took_ms.empty()) return 0;
  const auto at = static_cast<std::size_t>(share * static_cast<double>(took_ms.size()));
  return took_ms[std::min(at, took_ms.size() - 1)];
}

long LoadResult::with_status(int status) const {
  const auto found = by_status.find(status);
  return found == by_status.end() ? 0 : found->second;
}

std::string LoadResult::tally() const {
  std::string text;
  for (const auto& [status, count] : by_status) text += fmt::format("{}: {}, ", status, count);
  return text + fmt::format("broken: {}, unanswered: {}", failed, unanswered);
}

LoadResult run_load(const LoadPlan& plan) {
  return Load(plan).run();
}

}  // namespace picket::bench
