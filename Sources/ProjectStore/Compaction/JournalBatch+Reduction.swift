import EventModel
import Storage

extension JournalBatch {
    /// The batch without what leaves: events, what is told of people who do, and names that nobody needs any more.
    ///
    /// - Returns: `nil` if all of it stays.
    func reduced(by survey: JournalSurvey) -> (batch: JournalBatch, departed: DepartedCounts)? {
        var reduced = self
        var departed = DepartedCounts()
        var isChanged = false
        func keep<Element>(_ elements: inout [Element], where stays: (Element) -> Bool) {
            let before = elements.count
            elements.removeAll { !stays($0) }
            if elements.count != before { isChanged = true }
        }
        keep(&reduced.contexts) { survey.isNeeded(context: $0.key.number) }
        keep(&reduced.propertySets) { survey.isNeeded(propertySet: $0.key.number) }
        keep(&reduced.propertyPatches) { survey.isNeeded(propertySet: $0.set.number) }
        keep(&reduced.users) { !survey.leaves($0.user) }
        keep(&reduced.devices) { survey.isNeeded(device: $0.key.number) }
        for (index, merge) in merges.enumerated() where survey.leaves(merge.from) || survey.leaves(merge.into) {
            // One that says nothing takes its place: whoever fetches merges counts them.
            reduced.merges[index] = .nothing
            isChanged = true
        }
        var staying: [Int] = []
        staying.reserveCapacity(events.rows.count)
        for (index, row) in events.rows.enumerated() {
            switch survey.fate(of: row, Arrival(sequence, index: place(of: index))) {
            case .stays: staying.append(index)
            case .deleted: departed.deleted += 1
            case .expired: departed.expired += 1
            }
        }
        if staying.count < events.rows.count {
            isChanged = true
            reduced.events = events.only(staying)
            reduced.remainder = BatchRemainder(
                committed: committedEvents,
                places: staying.map { Int32(place(of: $0)) }
            )
        }
        return isChanged ? (reduced, departed) : nil
    }
}

extension StoredEvents {
    /// Some of the events, with no bytes but their own.
    fileprivate func only(_ indices: [Int]) -> StoredEvents {
        var kept: [EventRow] = []
        var texts: [UInt8] = []
        kept.reserveCapacity(indices.count)
        for index in indices {
            var row = rows[index]
            for place in [\EventRow.insertID, \.eventProperties, \.extras] where !row[keyPath: place].isNone {
                let text = bytes[row[keyPath: place].range]
                row[keyPath: place] = TextRange(texts.count..<texts.count + text.count)
                texts += text
            }
            kept.append(row)
        }
        return StoredEvents(rows: kept, bytes: texts)
    }
}
