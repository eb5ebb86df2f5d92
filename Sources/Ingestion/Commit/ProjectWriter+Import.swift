import EventModel
public import Storage

/// What became of some lines of an import.
public struct ImportOutcome: Sendable {
    /// Lines that are not blank.
    public var lines = 0
    /// Of events: merges are none.
    public var counts = LedgerCounts()
    /// In order of their lines. Events of types that the project drops are rejected, too, and not in here.
    public var rejections: [ImportedLines.Rejection] = []
}

extension ProjectWriter {
    /// Stores the lines that can be stored. On return they are on disk, and the next query sees them.
    ///
    /// - Parameter line: the first of the piece of the same file behind which this one is to be stored. If that one does not
    ///   come, whoever sent them is gone, or sends both again.
    public func store(
        imported bytes: [UInt8],
        _ decoder: ImportDecoder,
        after line: Int? = nil
    ) async throws(IngestionError) -> ImportOutcome {
        var found: [ImportedLines.Rejection] = []
        var left: Set<Int> = []
        while true {
            let lines = decoder.decode(bytes.span, leavingOut: left)
            do throws(IngestionError) {
                var outcome = ImportOutcome(
                    lines: lines.count + found.count,
                    rejections: lines.rejections + found
                )
                outcome.rejections.sort { $0.line < $1.line }
                var batch = lines.batch
                // Those that were left out are rejected as well.
                batch.rejectedLines += found.count
                // An empty one would be no commit at all, and needs none.
                if let line, await !importTurns.wait(for: decoder.turn(of: line)) { throw .busy }
                let turn = decoder.turn(of: decoder.firstLine)
                if outcome.lines > 0 {
                    outcome.counts = try await store(batch) { importTurns.pass(turn) }.counts
                } else {
                    importTurns.pass(turn)
                }
                return outcome
            } catch .refused(let refusal) where refusal.isTooLarge {
                guard let (first, second) = decoder.halves(of: bytes) else { throw .refused(refusal) }
                var outcome = try await store(imported: first.bytes, first.decoder)
                let rest = try await store(imported: second.bytes, second.decoder)
                outcome.lines += rest.lines
                outcome.counts += rest.counts
                outcome.rejections += rest.rejections
                return outcome
            } catch .refused(let refusal) {
                // Only what is known of people says that; whatever else is wrong was seen before.
                let more = lines.rejections(because: refusal)
                if more.isEmpty { throw .refused(refusal) }
                found += more
                left.formUnion(more.map(\.line))
            }
        }
    }
}
