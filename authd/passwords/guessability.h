// How many guesses' worth of parts a password is made of: words of a list, years, runs (aaaa, 3456), walks on
// the keyboard (qwer), and single characters for the rest. "password1234567" has two. Pure.
#pragma once

#include <cstddef>
#include <string_view>

#include "authd/passwords/frequent_passwords.h"

namespace picket::authd {

/// Of folded text. What repeats counts once ("abcabcabc" as "abc"). Stops counting above `enough`.
std::size_t count_parts(std::string_view folded, const FrequentPasswords& list, std::size_t enough);

}  // namespace picket::authd
