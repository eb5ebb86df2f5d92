import Testing

@testable import DuckDB

@Suite("Search for the library")
struct LibrarySearchTests {
    private let name = LibrarySearch.fileName
    private let advice = "Run `make setup` in the project's folder, or set DUCKDB_LIBRARY to the library's path."

    @Test("from the executable upwards, then from the working directory upwards, each folder once")
    func order() {
        let search = LibrarySearch(executableFolder: "/a/b", workingDirectory: "/a/c")
        let expected = ["/a/b", "/a", "", "/a/c"].flatMap { folder in
            ["", "/lib", "/.duckdb"].map { "\(folder)\($0)/\(name)" }
        }
        #expect(search.candidates == expected)
    }

    @Test("a chosen path is the only one")
    func chosen() {
        let search = LibrarySearch(chosenPath: "/x/duck.so", executableFolder: "/a", workingDirectory: "/b")
        #expect(search.candidates == ["/x/duck.so"])
        #expect(
            search.failure(reasons: ["no such file"])
                == "DuckDB's library cannot be loaded. DUCKDB_LIBRARY is /x/duck.so. (no such file) "
                + advice
        )
    }

    @Test("the error says what was tried, and what to do")
    func failure() {
        let text = LibrarySearch(executableFolder: "/a/b", workingDirectory: "/c").failure(reasons: [])
        #expect(text.contains("Looked for \(name), lib/\(name) and .duckdb/\(name) in /a/b, in /c and"))
        #expect(text.hasSuffix(advice))
    }

    @Test("the library is there, and says which it is")
    func version() throws {
        #expect(try DuckDBLibrary.version.hasPrefix("v"))
    }
}
