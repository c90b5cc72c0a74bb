// Backup codes: "07-ABCD-EFGH-JKMN-PQRS" is slot 7 and 80 random bits. The slot finds the row, so one code
// costs one small hash; the row is then taken by compare-and-set (DELETE or UPDATE ... WHERE used_at IS
// NULL). Shown once, stored only as hash(). Immutable; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/crypto/random.h"
#include "base/result/result.h"

namespace picket::authd {

inline constexpr int kBackupCodesDefault = 10;
inline constexpr int kBackupCodesMax = 99;

class BackupCode {
 public:
  /// For slots 1 to `count` (1 to kBackupCodesMax).
  static std::vector<BackupCode> generate(int count, Random& random);
  /// As people type it: any case, spaces and dashes anywhere or nowhere, O for 0, I and L for 1. InvalidInput
  /// for what cannot be one.
  static Result<BackupCode> parse(std::string_view typed);

  int slot() const { return slot_; }
  /// In groups with dashes, to be shown and printed.
  std::string text() const;

  /// A PHC string: argon2id with a salt of its own, 1 MiB, 2 passes (about 1 ms). 80 random bits are beyond
  /// guessing under any hash; a salted password hash is what ASVS 6.5.2 asks of codes under 112 bits, and its
  /// smallest sensible size lets a set of ten be made while the person waits, outside the KdfPool.
  Result<std::string> hash(Random& random) const;
  /// Against what hash() gave for the same slot. Corrupt when `stored` is no such text.
  Result<bool> matches(std::string_view stored) const;

 private:
  BackupCode(int slot, std::string letters) : slot_(slot), letters_(std::move(letters)) {}

  int slot_;
  std::string letters_;  ///< 16 of Crockford's alphabet
};

}  // namespace picket::authd
