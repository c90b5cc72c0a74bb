// A secret from somebody at the terminal, asked for twice and not shown. OpenSSL turns the echo off, and on
// again whatever signal comes.
#pragma once

#include <string>

#include "base/config/secret.h"
#include "base/result/result.h"

namespace picket {

/// Blocks. InvalidInput when nothing was typed, when the two differ, or when there is no terminal. Up to 1023
/// bytes.
Result<Secret> ask_secret_twice(const std::string& question);

}  // namespace picket
