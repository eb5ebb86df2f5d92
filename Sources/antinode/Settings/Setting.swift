import Configuration

/// What can be set in the environment (`ANTINODE_DATA_DIR`) and in the settings file (`dataDir`), apart from the command
/// line. Raw value: its name in the file.
enum Setting: String, CaseIterable {
    case host, port, dataDir, timeZone, geoip, logLevel, logFormat, columnMemory, queryLimits, trustedProxies,
        deletionGrace, publicUrl
    case requestBytes, requestEvents, batchRequestBytes, batchRequestEvents, requestMemory
    case eventsPerSecond, batchEventsPerSecond, batchEventsPerDay, rateWindow
}

/// The settings that the command line leaves open: `ANTINODE_…` in the environment, then the settings file. All are read as
/// text, however they are written there, so that each is understood in one place.
struct SettingsReader {
    private let reader: ConfigReader

    /// - Parameter file: the one that the command line names.
    init(file: String?) throws(Complaint) {
        let environment = EnvironmentVariablesProvider()
        let named = file ?? ConfigReader(provider: environment).string(forKey: "antinode.config")
        let values = try SettingsFile.values(path: named ?? "antinode.json", mustExist: named != nil)
        reader = ConfigReader(
            providers: [
                environment.prefixKeys(with: "antinode"),
                InMemoryProvider(
                    name: "settings file",
                    values: Dictionary(
                        uniqueKeysWithValues: values.map { setting, text in
                            (AbsoluteConfigKey([setting.rawValue]), ConfigValue(.string(text), isSecret: false))
                        }
                    )
                ),
            ]
        )
    }

    /// - Parameter option: what the command line says, which is strongest.
    func text(_ setting: Setting, option: String? = nil) -> String? {
        option ?? reader.string(forKey: ConfigKey(setting.rawValue))
    }
}
