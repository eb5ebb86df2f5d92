/// Makes a failing run shorter for as long as it fails.
struct Shrinking {
    var feedsWhileRunning: Bool
    private static let mostRuns = 300

    func shortest(
        _ sequences: [[Step]],
        _ difference: Difference
    ) async throws -> (sequences: [[Step]], difference: Difference, runs: Int) {
        var (best, found, runs) = (sequences, difference, 0)
        func fails(_ candidate: [[Step]]) async throws -> Bool {
            runs += 1
            guard
                let next = try await IngestionOracleTests.difference(
                    after: candidate,
                    feedsWhileRunning: feedsWhileRunning
                )
            else { return false }
            (best, found) = (candidate, next)
            return true
        }
        if let sequence = difference.sequence { _ = try await fails([sequences[sequence]]) }
        if best.count > 1 {
            for index in best.indices.reversed() {
                var fewer = best
                fewer.remove(at: index)
                _ = try await fails(fewer)
            }
        }
        best = [best.flatMap { $0 }]
        var goesOn = true
        while goesOn, runs < Self.mostRuns {
            goesOn = false
            for candidate in Self.smaller(best[0]) {
                guard runs < Self.mostRuns else { break }
                if try await fails([candidate]) {
                    goesOn = true
                    break
                }
            }
        }
        return (best, found, runs)
    }

    /// With a step less, an item less, a field less, a member of a field less.
    static func smaller(_ steps: [Step]) -> [[Step]] {
        var candidates: [[Step]] = []
        for index in steps.indices.reversed() {
            var fewer = steps
            fewer.remove(at: index)
            candidates.append(fewer)
        }
        for index in steps.indices {
            guard case .send(let sent) = steps[index] else { continue }
            for smaller in smaller(sent) {
                var changed = steps
                changed[index] = .send(smaller)
                candidates.append(changed)
            }
        }
        return candidates
    }

    private static func smaller(_ sent: Sent) -> [Sent] {
        var candidates: [Sent] = []
        var plain = sent
        (plain.clockLag, plain.minimumIDLength, plain.spelling) = (nil, nil, Plain.Spelling())
        if plain != sent { candidates.append(plain) }
        for index in sent.items.indices {
            if sent.items.count > 1 {
                var fewer = sent
                fewer.items.remove(at: index)
                candidates.append(fewer)
            }
        }
        for index in sent.items.indices {
            for item in smaller(sent.items[index], depth: 3) {
                var changed = sent
                changed.items[index] = item
                candidates.append(changed)
            }
        }
        return candidates
    }

    private static func smaller(_ value: Plain, depth: Int) -> [Plain] {
        guard depth > 0, case .object(let fields) = value else { return [] }
        var candidates: [Plain] = []
        for index in fields.indices {
            var fewer = fields
            fewer.remove(at: index)
            candidates.append(.object(fewer))
        }
        for index in fields.indices {
            for value in smaller(fields[index].value, depth: depth - 1) {
                var changed = fields
                changed[index].value = value
                candidates.append(.object(changed))
            }
        }
        return candidates
    }
}
