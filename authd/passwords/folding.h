// Passwords and names reduced to what a guesser would try: case, marks, spaces and punctuation away, and for
// the second form "leet" spellings too (p4ssw0rd). For comparison with lists and names only. Pure.
#pragma once

#include <string>
#include <string_view>

namespace picket::authd {

/// Lower-case letters and digits, without accents. Invalid UTF-8 folds to "".
std::string fold_plain(std::string_view text);
/// The same with 0 as o, 1 ! | l as i, 3 as e, 4 @ as a, 5 $ as s, 6 9 as g, 7 + as t, 8 as b, 2 as z.
std::string fold_leet(std::string_view text);

}  // namespace picket::authd
