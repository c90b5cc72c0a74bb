// Whether these tests, and the programs that they start, run under a sanitizer.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PICKET_SANITIZED 1
#endif

namespace picket::test {

#ifdef PICKET_SANITIZED
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

/// A limit on memory: a sanitizer's shadow and what it keeps of freed blocks multiply what a program takes.
constexpr long memory_limit(long kib) {
  return kSanitized ? kib * 5 : kib;
}

}  // namespace picket::test
