// RE2 without memory for its automaton. No rule and no text is known to bring that about: RE2 makes its states
// anew when they are too many. But it may, and then only an error tells its answer from "no match".
#pragma once

namespace picket::security {

/// While one lives, every RE2::Set of this thread answers that it ran out of memory.
class NoAutomaton {
 public:
  NoAutomaton();
  ~NoAutomaton();
  NoAutomaton(const NoAutomaton&) = delete;
  NoAutomaton& operator=(const NoAutomaton&) = delete;
};

}  // namespace picket::security
