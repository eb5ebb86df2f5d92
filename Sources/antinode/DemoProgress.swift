import Foundation
import SQLiteFiles

/// Which shop was told to a project, and how far: so that the demo, run again, goes on where it stopped. A file in the
/// project's folder; without it everything is sent again, and what the server remembers is not stored twice.
struct DemoProgress: Codable, Equatable {
    var seed: UInt64
    var users: Int
    var days: Int
    /// In days since 1970 (UTC).
    var firstDay: Int
    /// All events before it were sent, in milliseconds since 1970.
    var sentBefore: Int64

    private static func file(in projectFolder: URL) -> URL { projectFolder.appending(path: "demo.json") }

    /// `nil` if there is none.
    init?(in projectFolder: URL) {
        guard let data = try? Data(contentsOf: Self.file(in: projectFolder)),
            let progress = try? JSONDecoder().decode(Self.self, from: data)
        else { return nil }
        self = progress
    }

    init(seed: UInt64, users: Int, days: Int, firstDay: Int) {
        self.seed = seed
        self.users = users
        self.days = days
        self.firstDay = firstDay
        sentBefore = .min
    }

    /// Whether both are about the same shop.
    func isSameShop(as other: DemoProgress) -> Bool {
        seed == other.seed && users == other.users && days == other.days
    }

    func save(in projectFolder: URL) throws(Complaint) {
        let file = Self.file(in: projectFolder)
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            try encoder.encode(self).write(to: file, options: .atomic)
            // As all files of a project: for nobody else.
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        } catch {
            throw Complaint("\(file.path) cannot be written: \(reason(of: error)).")
        }
    }
}
