/// Known names that somebody who wrote `name` may have meant: at most three, the most alike first.
package func nearestNames(to name: String, among known: [String]) -> [String] {
    let wanted = Array(name.lowercased().unicodeScalars.prefix(64))
    let ranked = known.map { candidate -> (name: String, distance: Int) in
        let letters = Array(candidate.lowercased().unicodeScalars.prefix(64))
        return (candidate, editDistance(wanted, letters))
    }
    let mostChanges = max(2, wanted.count / 2)
    return ranked.filter { $0.distance <= mostChanges }
        .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
        .prefix(3).map(\.name)
}

/// How many letters must be added, left out or replaced to turn `a` into `b` (Levenshtein).
private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, other) in b.enumerated() {
            let substitution = diagonal + (letter == other ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(substitution, row[j] + 1, diagonal + 1)
        }
    }
    return row[b.count]
}
