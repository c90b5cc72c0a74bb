// What the check for dead code reads of a program or an object file: symbols, relocations of data, and the
// bytes of functions. x86-64 alone (System V ABI, AMD64 supplement). Source: elf.h. Used by dead_code alone.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace picket::tidy {

struct ElfSymbol {
  std::string_view name;  ///< mangled; of the file's bytes
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  bool is_function = false;
  bool is_weak = false;  ///< inline functions and templates: each object has its own copy
};

struct ElfSection {
  std::string_view name;
  std::uint64_t address = 0;
  std::span<const unsigned char> bytes;  ///< empty for .bss
};

/// A pointer in the data of a program: the eight bytes at `place` will hold `target`.
struct ElfPointer {
  std::uint64_t place = 0;
  std::uint64_t target = 0;
};

struct ElfFile {
  std::uint64_t entry = 0;
  std::vector<ElfSymbol> symbols;    ///< that are defined, of functions and objects
  std::vector<ElfSection> sections;  ///< that are loaded
  std::vector<ElfPointer> pointers;  ///< R_X86_64_RELATIVE, by place
};

/// Empty when `bytes` are not of a 64-bit ELF file for x86-64. `bytes` must outlive it.
ElfFile read_elf(std::string_view bytes);

/// The object files of a static library. `bytes` must outlive them; a thin archive has none.
std::vector<std::string_view> members_of_archive(std::string_view bytes);

/// The function's name with parameters, without ABI tags; "" when `mangled` is not C++.
std::string demangled(std::string_view mangled);

}  // namespace picket::tidy
