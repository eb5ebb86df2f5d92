// swift-tools-version: 6.3
// The house at a glance: every target, and the arrows between them. They point down: a target names only those above it.
import PackageDescription

let package = Package(
    name: "antinode",
    platforms: [.macOS("26.0")],
    products: [
        .executable(name: "antinode", targets: ["antinode"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // Nouns and pure rules: no I/O, no clock.
        .target(name: "EventModel"),
        .target(name: "Formulas", dependencies: ["EventModel"]),
        .target(name: "QueryModel", dependencies: ["EventModel", "Formulas"]),
        .target(name: "FoldEngine"),
        .target(name: "AnswerTables", dependencies: ["EventModel", "Formulas", "QueryModel"]),

        // Bytes: JSON in, compression, hashes.
        .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
        .target(name: "Compression", dependencies: ["CDeflate", "CZlib", "CZstd"]),
        .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CInstructions"),
        .target(name: "JSONTape", dependencies: ["CSimdJSON", "EventModel"]),

        // What an address and a user agent tell.
        .systemLibrary(name: "CMaxMindDB", pkgConfig: "libmaxminddb", providers: [.apt(["libmaxminddb-dev"])]),
        .target(name: "GeoIP", dependencies: ["CMaxMindDB"]),
        .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
        .target(name: "Patterns", dependencies: ["CPCRE2"]),
        .target(name: "UserAgents", dependencies: ["Patterns"]),

        // Stores.
        .target(name: "Storage", dependencies: ["Compression", "EventModel", "JSONTape"]),
        .target(name: "CDuckDB", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "DuckDB", dependencies: ["CDuckDB"]),
        .target(
            name: "DuckDBStore",
            dependencies: [
                "Compression", "DuckDB", "EventModel", "JSONTape", "Storage",
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .target(
            name: "SQLiteFiles",
            dependencies: [
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .target(
            name: "ProjectStore",
            dependencies: [
                "Compression", "EventModel", "JSONTape", "SQLiteFiles", "Storage",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),

        // Who may ask.
        .target(
            name: "Accounts",
            dependencies: [
                "EventModel", "SQLiteFiles",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "JWTKit", package: "jwt-kit"),
            ]
        ),

        // The way in and the way out.
        .target(
            name: "Ingestion",
            dependencies: [
                "Compression", "CXXHash", "EventModel", "GeoIP", "JSONTape", "Patterns", "Storage", "UserAgents",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .target(
            name: "ColumnEngine",
            dependencies: ["CInstructions", "CXXHash", "EventModel", "JSONTape", "QueryModel", "Storage"]
        ),
        .target(
            name: "QueryExecution",
            dependencies: [
                "ColumnEngine", "EventModel", "FoldEngine", "Formulas", "JSONTape", "QueryModel", "Storage",
            ]
        ),
        .target(
            name: "EventExport",
            dependencies: [
                "ColumnEngine", "Compression", "CXXHash", "EventModel", "JSONTape", "QueryExecution", "QueryModel",
                "Storage",
            ]
        ),
        .target(name: "ExportFiles", dependencies: ["DuckDB", "EventModel", "JSONTape"]),
        .target(
            name: "ImportFiles",
            dependencies: [
                "Compression", "EventModel", "JSONTape", .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        .target(
            name: "HTTPConnections",
            dependencies: [
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        .target(
            name: "HTTPEdge",
            dependencies: [
                "Accounts", "Compression", "EventExport", "EventModel", "HTTPConnections", "Ingestion", "JSONTape",
                "QueryExecution", "QueryModel", "Storage",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .target(
            name: "AmplitudeAPI",
            dependencies: [
                "AnswerTables", "EventExport", "EventModel", "Formulas", "HTTPEdge", "Ingestion", "JSONTape",
                "Patterns",
                "QueryExecution", "QueryModel", "Storage",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .target(
            name: "MetricsAPI",
            dependencies: [
                "Accounts", "AnswerTables", "EventExport", "EventModel", "HTTPEdge", "Ingestion", "JSONTape",
                "QueryExecution",
                "QueryModel",
                "Storage",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),

        // Projects, open for work.
        .target(
            name: "ProjectHosting",
            dependencies: [
                "ColumnEngine", "EventExport", "EventModel", "HTTPEdge", "Ingestion", "ProjectStore", "QueryExecution",
                "Storage",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),

        // For whoever is on call.
        .target(
            name: "PrometheusMetrics",
            dependencies: [.product(name: "CoreMetrics", package: "swift-metrics")]
        ),
        .target(
            name: "OperationsAPI",
            dependencies: [
                "EventModel", "HTTPEdge", .product(name: "Hummingbird", package: "hummingbird"),
            ]
        ),

        // The executable, and what it can show without a customer.
        .target(name: "DemoShop"),
        .executableTarget(
            name: "antinode",
            dependencies: [
                "Accounts", "AmplitudeAPI", "CMalloc", "ColumnEngine", "DemoShop", "DuckDBStore", "EventExport",
                "EventModel",
                "ExportFiles", "GeoIP", "HTTPConnections", "HTTPEdge", "ImportFiles", "Ingestion",
                "MetricsAPI", "OperationsAPI", "ProjectHosting", "ProjectStore", "PrometheusMetrics",
                "SQLiteFiles", "Storage", "UserAgents",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),

        .executableTarget(
            name: "antinode-bench",
            dependencies: [
                "ColumnEngine", "DuckDB", "DuckDBStore", "EventExport", "EventModel", "QueryExecution", "QueryModel",
                "Storage", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks"
        ),

        // Tests mirror Sources. What several of them need knows the nouns, and none of the code that it is to check.
        .target(
            name: "TestSupport",
            dependencies: ["Compression", "EventModel", "QueryModel", "Storage"],
            path: "Tests/TestSupport"
        ),
        .testTarget(name: "EventModelTests", dependencies: ["EventModel", "JSONTape", "TestSupport"]),
        .testTarget(name: "FormulasTests", dependencies: ["Formulas", "TestSupport"]),
        .testTarget(name: "QueryModelTests", dependencies: ["EventModel", "QueryModel"]),
        .testTarget(name: "FoldEngineTests", dependencies: ["FoldEngine", "TestSupport"]),
        .testTarget(
            name: "ColumnEngineTests",
            dependencies: ["ColumnEngine", "EventModel", "FoldEngine", "QueryModel", "Storage", "TestSupport"]
        ),
        .testTarget(name: "JSONTapeTests", dependencies: ["EventModel", "JSONTape", "TestSupport"]),
        .testTarget(name: "DuckDBTests", dependencies: ["DuckDB", "TestSupport"]),
        .testTarget(name: "GeoIPTests", dependencies: ["GeoIP", "TestSupport"]),
        .testTarget(name: "UserAgentsTests", dependencies: ["TestSupport", "UserAgents"]),
        .testTarget(
            name: "PrometheusMetricsTests",
            dependencies: ["PrometheusMetrics", .product(name: "CoreMetrics", package: "swift-metrics")]
        ),
        .testTarget(
            name: "AccountsAPITests",
            dependencies: [
                "Accounts", "AmplitudeAPI", "EventModel", "HTTPConnections", "HTTPEdge", "MetricsAPI", "OperationsAPI",
                "ProjectHosting", "ProjectStore", "Storage", "TestSupport",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .testTarget(name: "DemoShopTests", dependencies: ["DemoShop"]),
        .testTarget(
            name: "AccountsTests",
            dependencies: [
                "Accounts", "EventModel", "TestSupport", .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "EventExportTests",
            dependencies: [
                "ColumnEngine", "Compression", "DuckDB", "DuckDBStore", "EventExport", "EventModel", "ExportFiles",
                "HTTPEdge", "MetricsAPI", "QueryExecution", "QueryModel", "Storage", "TestSupport",
            ]
        ),
        .testTarget(
            name: "ImportFilesTests",
            dependencies: ["Compression", "EventModel", "ImportFiles", "JSONTape", "TestSupport"]
        ),
        .testTarget(
            name: "StoreConformanceTests",
            dependencies: ["Compression", "DuckDB", "DuckDBStore", "EventModel", "Storage", "TestSupport"]
        ),
        .testTarget(
            name: "HTTPConnectionsTests",
            dependencies: [
                "HTTPConnections",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "ProjectStoreTests",
            dependencies: [
                "Compression", "EventModel", "ProjectStore", "SQLiteFiles", "Storage", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "IngestionTests",
            dependencies: [
                "EventModel", "GeoIP", "Ingestion", "JSONTape", "ProjectStore", "Storage", "TestSupport", "UserAgents",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "IngestionOracleTests",
            dependencies: [
                "AmplitudeAPI", "DuckDB", "DuckDBStore", "EventModel", "HTTPEdge", "Ingestion", "ProjectHosting",
                "ProjectStore", "Storage", "TestSupport",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "QueryExecutionTests",
            dependencies: [
                "ColumnEngine", "DuckDBStore", "EventModel", "Formulas", "Ingestion", "ProjectStore", "QueryExecution",
                "QueryModel", "Storage", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "HTTPEdgeTests",
            dependencies: [
                "Compression", "EventModel", "HTTPConnections", "HTTPEdge", "Ingestion", "ProjectStore",
                "QueryExecution",
                "QueryModel", "Storage", "TestSupport",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "ProjectHostingTests",
            dependencies: [
                "DuckDBStore", "EventExport", "EventModel", "HTTPEdge", "Ingestion", "ProjectHosting", "ProjectStore",
                "QueryExecution",
                "QueryModel", "Storage", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "AmplitudeAPITests",
            dependencies: [
                "AmplitudeAPI", "AnswerTables", "Compression", "EventModel", "HTTPEdge", "Ingestion", "MetricsAPI",
                "OperationsAPI",
                "ProjectHosting",
                "ProjectStore", "QueryExecution", "QueryModel", "Storage", "TestSupport",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            exclude: ["Golden"]
        ),
        .testTarget(
            name: "AntinodeTests",
            dependencies: [
                "EventModel", "ProjectStore", "TestSupport", "antinode",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "DuckDB", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            exclude: ["Clients", "Requests"]
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// Names some test targets, so that a change to one part does not wait for the tests of all others to be built.
if let wanted = Context.environment["ANTINODE_TEST_TARGETS"] {
    let names = wanted.split(separator: ",").map(String.init)
    package.targets.removeAll { $0.type == .test && !names.contains($0.name) }
}

// `make fuzz` sets this: the way in is then built to tell libFuzzer which of its code was reached.
if Context.environment["ANTINODE_FUZZ"] != nil {
    let reached: SwiftSetting = .unsafeFlags(["-sanitize=fuzzer"])
    for target in package.targets where ["Compression", "EventModel", "Ingestion", "JSONTape"].contains(target.name) {
        target.swiftSettings = [reached]
    }
    package.targets.append(
        .executableTarget(
            name: "decoder-fuzz",
            dependencies: ["Compression", "EventModel", "Ingestion", "JSONTape"],
            path: "Fuzz",
            exclude: ["Corpus", "words.dict"],
            swiftSettings: [reached],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]
        )
    )
}

// One strictness for all of our own code: `unsafe` is a word to grep for, and a warning is an error.
for target in package.targets
where target.type != .system && !target.name.hasPrefix("C") || ["ColumnEngine", "Compression"].contains(target.name) {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .strictMemorySafety(),
            .treatAllWarnings(as: .error),
        ]
}
