#include "tests/tidy/rules/elf_file.h"

#include <cxxabi.h>
#include <elf.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>

#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket::tidy {
namespace {

constexpr std::string_view kArchiveMagic = "!<arch>\n";
constexpr std::size_t kMemberHeader = 60;
constexpr std::size_t kMemberSizeAt = 48;
constexpr std::size_t kMemberSizeWidth = 10;

/// The structure at `offset`, as the file has it; zeros when the file ends before.
template <class T>
T at(std::string_view bytes, std::uint64_t offset) {
  T value{};
  if (offset <= bytes.size() && bytes.size() - offset >= sizeof(T)) {
    std::memcpy(&value, bytes.data() + offset, sizeof(T));
  }
  return value;
}

std::string_view text_at(std::string_view bytes, std::uint64_t offset) {
  if (offset >= bytes.size()) return "";
  const std::string_view rest = bytes.substr(offset);
  return rest.substr(0, rest.find('\0'));
}

bool is_readable(std::string_view bytes) {
  const auto head = at<Elf64_Ehdr>(bytes, 0);
  return bytes.starts_with(ELFMAG) && head.e_ident[EI_CLASS] == ELFCLASS64 && head.e_machine == EM_X86_64;
}

std::vector<Elf64_Shdr> section_heads(std::string_view bytes) {
  const auto head = at<Elf64_Ehdr>(bytes, 0);
  const auto first = at<Elf64_Shdr>(bytes, head.e_shoff);
  const std::uint64_t count = head.e_shnum == 0 ? first.sh_size : head.e_shnum;  // many sections
  std::vector<Elf64_Shdr> sections;
  for (std::uint64_t i = 0; i < count; ++i)
    sections.push_back(at<Elf64_Shdr>(bytes, head.e_shoff + i * sizeof(Elf64_Shdr)));
  return sections;
}

void read_symbols(std::string_view bytes, const Elf64_Shdr& table, std::uint64_t names, ElfFile& file) {
  for (std::uint64_t offset = 0; offset < table.sh_size; offset += sizeof(Elf64_Sym)) {
    const auto symbol = at<Elf64_Sym>(bytes, table.sh_offset + offset);
    const int type = ELF64_ST_TYPE(symbol.st_info);
    if (symbol.st_shndx == SHN_UNDEF || (type != STT_FUNC && type != STT_OBJECT)) continue;
    file.symbols.push_back({text_at(bytes, names + symbol.st_name), symbol.st_value, symbol.st_size,
                            type == STT_FUNC, ELF64_ST_BIND(symbol.st_info) == STB_WEAK});
  }
}

void read_pointers(std::string_view bytes, const Elf64_Shdr& table, ElfFile& file) {
  for (std::uint64_t offset = 0; offset < table.sh_size; offset += sizeof(Elf64_Rela)) {
    const auto relocation = at<Elf64_Rela>(bytes, table.sh_offset + offset);
    if (ELF64_R_TYPE(relocation.r_info) != R_X86_64_RELATIVE) continue;
    file.pointers.push_back({relocation.r_offset, static_cast<std::uint64_t>(relocation.r_addend)});
  }
}

ElfSection section_of(std::string_view bytes, const Elf64_Shdr& head, std::string_view name) {
  ElfSection section{name, head.sh_addr, {}};
  if (head.sh_type == SHT_NOBITS || head.sh_offset > bytes.size()) return section;
  const std::string_view content = bytes.substr(head.sh_offset, head.sh_size);
  // The bytes of a file may be read as unsigned characters.
  section.bytes = {reinterpret_cast<const unsigned char*>(content.data()), content.size()};
  return section;
}

}  // namespace

ElfFile read_elf(std::string_view bytes) {
  ElfFile file;
  if (!is_readable(bytes)) return file;
  const auto head = at<Elf64_Ehdr>(bytes, 0);
  file.entry = head.e_entry;
  const std::vector<Elf64_Shdr> sections = section_heads(bytes);
  const std::uint64_t names = head.e_shstrndx < sections.size() ? sections[head.e_shstrndx].sh_offset : 0;
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type == SHT_SYMTAB && section.sh_link < sections.size())
      read_symbols(bytes, section, sections[section.sh_link].sh_offset, file);
    if (section.sh_type == SHT_RELA) read_pointers(bytes, section, file);
    if ((section.sh_flags & SHF_ALLOC) != 0)
      file.sections.push_back(section_of(bytes, section, text_at(bytes, names + section.sh_name)));
  }
  std::ranges::sort(file.pointers, {}, &ElfPointer::place);
  return file;
}

std::vector<std::string_view> members_of_archive(std::string_view bytes) {
  std::vector<std::string_view> members;
  if (!bytes.starts_with(kArchiveMagic)) return members;
  for (std::size_t offset = kArchiveMagic.size(); offset + kMemberHeader <= bytes.size();) {
    const std::string_view size_text = bytes.substr(offset + kMemberSizeAt, kMemberSizeWidth);
    const std::size_t size = std::strtoull(std::string(size_text).c_str(), nullptr, 10);
    members.push_back(bytes.substr(offset + kMemberHeader, size));
    offset += kMemberHeader + size + size % 2;
  }
  return members;
}

std::string demangled(std::string_view mangled) {
  if (!mangled.starts_with("_Z")) return "";
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(std::string(mangled).c_str(), nullptr, nullptr, &status), &std::free);
  if (name == nullptr) return "";
  return replace_all(name.get(), "[abi:cxx11]", "");
}

}  // namespace picket::tidy
