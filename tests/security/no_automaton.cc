#include "tests/security/no_automaton.h"

#include <re2/set.h>

namespace {

thread_local bool has_no_memory = false;

}  // namespace

// The linker's --wrap leads every call of RE2::Set::Match here (CMakeLists.txt).
extern "C" bool __real__ZNK3re23RE23Set5MatchERKNS_11StringPieceEPSt6vectorIiSaIiEEPNS1_9ErrorInfoE(
    const re2::RE2::Set* set, const re2::StringPiece& text, std::vector<int>* matched,
    re2::RE2::Set::ErrorInfo* error);

extern "C" bool __wrap__ZNK3re23RE23Set5MatchERKNS_11StringPieceEPSt6vectorIiSaIiEEPNS1_9ErrorInfoE(
    const re2::RE2::Set* set, const re2::StringPiece& text, std::vector<int>* matched,
    re2::RE2::Set::ErrorInfo* error);

extern "C" bool __wrap__ZNK3re23RE23Set5MatchERKNS_11StringPieceEPSt6vectorIiSaIiEEPNS1_9ErrorInfoE(
    const re2::RE2::Set* set, const re2::StringPiece& text, std::vector<int>* matched,
    re2::RE2::Set::ErrorInfo* error) {
  if (!has_no_memory)
    return __real__ZNK3re23RE23Set5MatchERKNS_11StringPieceEPSt6vectorIiSaIiEEPNS1_9ErrorInfoE(
        set, text, matched, error);
  if (matched != nullptr) matched->clear();
  if (error != nullptr) error->kind = re2::RE2::Set::kOutOfMemory;
  return false;
}

namespace picket::security {

NoAutomaton::NoAutomaton() {
  has_no_memory = true;
}

NoAutomaton::~NoAutomaton() {
  has_no_memory = false;
}

}  // namespace picket::security
