#include "authd/passwords/argon2.h"

#include <argon2.h>

#include "authd/passwords/kdf_memory.h"

namespace picket::authd {
namespace {

constexpr std::uint32_t kMemoryKibMax = 1024 * 1024;
constexpr std::uint32_t kPassesMax = 10;
constexpr std::uint32_t kLanesMax = 16;
constexpr std::uint32_t kMemoryKibPerLane = 8;  // RFC 9106 3.1
constexpr std::size_t kSaltMin = 8;
constexpr std::size_t kSaltMax = 64;
constexpr std::size_t kTagMin = 4;
constexpr std::size_t kTagMax = 64;

/// libargon2 reads through pointers to non-const, but writes only when told to wipe.
std::uint8_t* octets(std::string_view bytes) {
  return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(bytes.data()));
}

std::uint32_t size_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(bytes.size());
}

argon2_context context_of(const Argon2Params& params, const Argon2Input& input) {
  argon2_context context{};
  context.pwd = octets(input.password);
  context.pwdlen = size_of(input.password);
  context.salt = octets(input.salt);
  context.saltlen = size_of(input.salt);
  context.secret = octets(input.secret);
  context.secretlen = size_of(input.secret);
  context.ad = octets(input.associated);
  context.adlen = size_of(input.associated);
  context.t_cost = params.passes;
  context.m_cost = params.memory_kib;
  context.lanes = params.lanes;
  context.threads = 1;
  context.version = ARGON2_VERSION_13;
  context.allocate_cbk = take_kdf_memory;
  context.free_cbk = give_back_kdf_memory;
  return context;
}

bool is_within(std::size_t size, std::size_t min, std::size_t max) {
  return size >= min && size <= max;
}

}  // namespace

Result<void> check_argon2_params(const Argon2Params& params) {
  if (!is_within(params.lanes, 1, kLanesMax))
    return fail(ErrorKind::InvalidInput, fmt::format("argon2 lanes must be from 1 to {}", kLanesMax));
  if (!is_within(params.passes, 1, kPassesMax))
    return fail(ErrorKind::InvalidInput, fmt::format("argon2 passes must be from 1 to {}", kPassesMax));
  if (!is_within(params.memory_kib, std::size_t{kMemoryKibPerLane} * params.lanes, kMemoryKibMax))
    return fail(ErrorKind::InvalidInput,
                fmt::format("argon2 memory must be from {} KiB a lane to 1 GiB", kMemoryKibPerLane));
  return {};
}

Result<std::string> argon2id(const Argon2Params& params, const Argon2Input& input, std::size_t tag_bytes) {
  if (auto fine = check_argon2_params(params); !fine) return fail(fine);
  if (!is_within(input.salt.size(), kSaltMin, kSaltMax) || !is_within(tag_bytes, kTagMin, kTagMax))
    return fail(ErrorKind::InvalidInput, "argon2 needs 8 to 64 bytes of salt and makes 4 to 64 bytes");
  std::string tag(tag_bytes, '\0');
  argon2_context context = context_of(params, input);
  context.out = octets(tag);
  context.outlen = size_of(tag);
  const int code = argon2_ctx(&context, Argon2_id);
  if (code == ARGON2_MEMORY_ALLOCATION_ERROR)
    return fail(ErrorKind::Unavailable, fmt::format("no memory for {} KiB of argon2", params.memory_kib));
  if (code != ARGON2_OK)
    return fail(ErrorKind::Internal, fmt::format("argon2: {}", argon2_error_message(code)));
  return tag;
}

}  // namespace picket::authd
