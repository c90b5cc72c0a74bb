// The mailboxes that receivers are configured with, and that templates make. What is accepted has one line, a
// bounded address with one "@", and reads the same again.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/deliver/mailbox.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using picket::check;
  constexpr std::size_t kAddressMax = 254;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> written = picket::split_mailboxes(text);
  for (const std::string& one : written) {
    const auto mailbox = picket::parse_mailbox(one);
    if (!mailbox) continue;
    const std::string& address = mailbox->address;
    check(address.size() <= kAddressMax, "an address that is too long");
    check(std::ranges::count(address, '@') == 1, "an address without one @");
    check(address.find_first_of("\r\n") == std::string::npos, "an address with a line break");
    check(mailbox->name.find_first_of("\r\n") == std::string::npos, "a name with a line break");
    const auto again = picket::parse_mailbox(address);
    check(again && again->address == address, "an address that reads otherwise");
  }
  return 0;
}
