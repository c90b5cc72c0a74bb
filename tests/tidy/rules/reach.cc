#include "tests/tidy/rules/reach.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "tests/tidy/rules/elf_file.h"

namespace picket::tidy {
namespace {

constexpr std::array<std::string_view, 3> kRunAtStart{".init_array", ".preinit_array", ".fini_array"};
constexpr std::size_t kDisplacement = 4;  ///< bytes of an address relative to the next instruction

/// Whether the byte before a displacement is that of a call, a jump, or of an operand relative to the
/// instruction pointer (ModRM: mod 00, rm 101).
bool leads_displacement(unsigned char byte) {
  return byte == 0xE8 || byte == 0xE9 || (byte & 0xC7) == 0x05;
}

class Reach {
 public:
  explicit Reach(const ElfFile& file) : file_(file) {
    for (const ElfSymbol& symbol : file.symbols) {
      if (symbol.is_function) {
        functions_[symbol.address].push_back(&symbol);
      } else {
        objects_.emplace(symbol.address, &symbol);
      }
    }
  }

  std::set<std::string_view> run() {
    reach(file_.entry);
    for (const ElfSection& section : file_.sections) {
      if (std::ranges::find(kRunAtStart, section.name) != kRunAtStart.end())
        reach_pointers(section.address, section.address + section.bytes.size());
    }
    while (!waiting_.empty() || !ranges_.empty()) {
      if (!ranges_.empty()) {
        const auto [begin, end] = ranges_.back();
        ranges_.pop_back();
        follow_pointers(begin, end);
        continue;
      }
      const ElfSymbol* function = waiting_.back();
      waiting_.pop_back();
      scan(*function);
    }
    return std::move(names_);
  }

 private:
  void reach(std::uint64_t address) {
    const auto found = functions_.find(address);
    if (found == functions_.end()) return reach_object(address);
    if (!seen_.insert(address).second) return;
    for (const ElfSymbol* function : found->second) names_.insert(function->name);
    waiting_.push_back(*std::ranges::max_element(found->second, {}, &ElfSymbol::size));
  }

  /// The table that holds the address; without one, the single pointer there (a slot of the linker's).
  void reach_object(std::uint64_t address) {
    auto next = objects_.upper_bound(address);
    const ElfSymbol* object = next == objects_.begin() ? nullptr : std::prev(next)->second;
    const bool is_inside = object != nullptr && address < object->address + object->size;
    if (!is_inside) return reach_unnamed(address, next);
    if (seen_.insert(object->address).second) reach_pointers(object->address, object->address + object->size);
  }

  /// Tables without a symbol may follow each other: all up to the next named object count. A slot of the
  /// linker's table of addresses stands alone.
  void reach_unnamed(std::uint64_t address, std::map<std::uint64_t, const ElfSymbol*>::iterator next) {
    const ElfSection* section = section_of(address);
    if (section == nullptr || !seen_.insert(address).second) return;
    std::uint64_t end = section->address + section->bytes.size();
    if (section->name.starts_with(".got")) end = address + sizeof(std::uint64_t);
    if (next != objects_.end()) end = std::min(end, next->first);
    reach_pointers(address, end);
  }

  /// Later: tables lead to tables, as deep as there are any.
  void reach_pointers(std::uint64_t begin, std::uint64_t end) { ranges_.emplace_back(begin, end); }

  void follow_pointers(std::uint64_t begin, std::uint64_t end) {
    auto it = std::ranges::lower_bound(file_.pointers, begin, {}, &ElfPointer::place);
    for (; it != file_.pointers.end() && it->place < end; ++it) reach(it->target);
  }

  const ElfSection* section_of(std::uint64_t address) const {
    const auto holds = [&](const ElfSection& section) {
      return address >= section.address && address - section.address < section.bytes.size();
    };
    const auto found = std::ranges::find_if(file_.sections, holds);
    return found == file_.sections.end() ? nullptr : &*found;
  }

  void scan(const ElfSymbol& function) {
    const ElfSection* section = section_of(function.address);
    if (section == nullptr) return;
    const std::size_t begin = function.address - section->address;
    const std::size_t size = std::min<std::size_t>(function.size, section->bytes.size() - begin);
    const std::span<const unsigned char> code = section->bytes.subspan(begin, size);
    for (std::size_t i = 1; i + kDisplacement <= code.size(); ++i) {
      if (!leads_displacement(code[i - 1])) continue;
      std::int32_t displacement = 0;
      std::memcpy(&displacement, code.data() + i, kDisplacement);
      reach(function.address + i + kDisplacement + static_cast<std::uint64_t>(std::int64_t{displacement}));
    }
  }

  const ElfFile& file_;
  std::unordered_map<std::uint64_t, std::vector<const ElfSymbol*>> functions_;  ///< by address: aliases
  std::map<std::uint64_t, const ElfSymbol*> objects_;                           ///< by address
  std::set<std::uint64_t> seen_;
  std::vector<const ElfSymbol*> waiting_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>>
      ranges_;  ///< addresses whose pointers are still to be followed
  std::set<std::string_view> names_;
};

}  // namespace

std::set<std::string_view> reachable_functions(std::string_view program) {
  const ElfFile file = read_elf(program);
  return Reach(file).run();
}

}  // namespace picket::tidy
