import Foundation

extension EventFolder {
    /// A store in a new file, and what can become of that.
    public struct Next: Sendable {
        public var store: DuckDBEventStore
        /// Makes its file the current one, and removes the one before: who reads that reads on.
        public var take: @Sendable () throws -> Void
        /// Closes and removes it.
        public var discard: @Sendable () -> Void
        /// Gives its file the name of the one in use. Nobody has one open then.
        public var settle: @Sendable () -> Void
    }

    /// Opens a store in a new file.
    ///
    /// - Parameters:
    ///   - current: the file that is in use.
    ///   - report: takes sentences for the log.
    public func openNext(
        beside current: DuckDBEventStore?,
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> Next {
        let file = next()
        let store = try DuckDBEventStore(path: file.path, report: report)
        let before = current?.path.map { URL(fileURLWithPath: $0) }
        return Next(
            store: store,
            take: {
                try take(file)
                // What cannot be removed now is at the next start.
                if let before { try? remove(before) }
            },
            discard: {
                store.close()
                try? remove(file)
            },
            settle: {
                // Else at the next start.
                try? self.settle()
            }
        )
    }
}
