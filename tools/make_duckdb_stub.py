#!/usr/bin/env python3
"""Prints the C source of a library that lets DuckDB's Python module be used as plain libduckdb.so.

The module (`_duckdb.cpython-….so`) exports DuckDB's whole C API, but leaves about 200 of Python's names undefined and
so cannot be loaded without Python. No function of the C API ever calls them. The printed source defines each: as a
function that says its name and aborts, or as zeroed memory where the module refers to data.

    make_duckdb_stub.py _duckdb.so > stub.c
"""

import struct
import sys
from pathlib import Path

UNDEFINED_SECTION = 0
DATA_SIZE = 1024  # More than any of Python's type objects takes.


class ELF:
    """As much of a 64-bit little-endian ELF file as names its undefined symbols."""

    def __init__(self, data):
        if data[:6] != b"\x7fELF\x02\x01":
            sys.exit("make_duckdb_stub: not a 64-bit little-endian ELF file")
        self.data = data
        (table,) = struct.unpack_from("<Q", data, 0x28)
        entry_size, count, names_index = struct.unpack_from("<HHH", data, 0x3A)
        headers = [struct.unpack_from("<IIQQQQ", data, table + i * entry_size) for i in range(count)]
        names_offset = headers[names_index][4]
        # Section name to its bytes. A header: name, type, flags, address, offset, size.
        self.sections = {
            self.text(names_offset + header[0]): data[header[4] : header[4] + header[5]] for header in headers
        }

    def text(self, offset):
        return self.data[offset : self.data.index(b"\0", offset)].decode()

    def symbols(self):
        """The dynamic symbols in order, as (name, section index)."""
        strings = self.sections[".dynstr"]
        return [
            (strings[name : strings.index(b"\0", name)].decode(), section)
            for name, _, _, section, _, _ in struct.iter_unpack("<IBBHQQ", self.sections[".dynsym"])
        ]

    def called_symbols(self):
        """Indexes of the symbols that are reached through the procedure linkage table: functions, all of them."""
        relocations = struct.iter_unpack("<QQq", self.sections.get(".rela.plt", b""))
        return {info >> 32 for _, info, _ in relocations}


def looks_like_data(name):
    """Undefined symbols carry no type, but Python names its objects by a rule."""
    return name.startswith("PyExc_") or name.endswith(("_Type", "RefType", "Struct"))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    elf = ELF(Path(sys.argv[1]).read_bytes())
    called = elf.called_symbols()
    print("#include <stdio.h>\n#include <stdlib.h>\n")
    for index, (name, section) in enumerate(elf.symbols()):
        if section != UNDEFINED_SECTION or not name.startswith(("Py", "_Py")):
            continue
        if index not in called and looks_like_data(name):
            print(f"char {name}[{DATA_SIZE}];")
        else:
            print(f'void {name}(void) {{ fputs("libduckdb: unexpected call of {name}\\n", stderr); abort(); }}')


main()
