#include "base/http/pending_response.h"

namespace picket {
namespace {

constexpr std::size_t kQuickBody = 4096;  // what may be compressed on a thread that must not stall

}  // namespace

PendingResponse::~PendingResponse() {
  if (answered_.exchange(true)) return;
  const LoopHandle::Entry entry(needs_.loop);
  if (!entry) return;
  Response none = Response::problem(500, "Internal Server Error", "the handler gave no answer");
  deliver(needs_.problems.shown(std::move(none)), needs_.options);
}

bool PendingResponse::is_long_work(const Response& response) const {
  return response.stream != nullptr || (needs_.options.gzip && response.body.size() > kQuickBody);
}

void PendingResponse::send(Response response) {
  if (answered_.exchange(true)) return;
  const LoopHandle::Entry entry(needs_.loop);
  if (!entry) return;
  response = needs_.problems.shown(std::move(response));
  if (worker_.load() == std::this_thread::get_id() || !is_long_work(response)) {
    deliver(std::move(response), needs_.options);
  } else {
    hand_over(std::move(response));
  }
}

void PendingResponse::hand_over(Response response) {
  // A std::function must be copyable: the response is shared, not copied.
  auto shared = std::make_shared<Response>(std::move(response));
  const bool is_taken = needs_.pool.submit([self = shared_from_this(), shared] {
    const LoopHandle::Entry entry(self->needs_.loop);
    if (!entry) return;
    self->deliver(std::move(*shared), self->needs_.options);
  });
  if (is_taken) return;
  Response busy = Response::problem(503, "Service Unavailable", "too much to do right now");
  busy.headers.add("Retry-After", "1");
  deliver(std::move(busy), needs_.options);
}

void PendingResponse::deliver(Response response, ResponseEncoder::Options options) {
  auto encoder = std::make_shared<ResponseEncoder>(std::move(response), options);
  needs_.loop->post([deliver = deliver_, encoder, handler = handler_] { deliver(encoder, handler); });
}

}  // namespace picket
