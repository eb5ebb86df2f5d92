import Storage

/// Brings together the events of people whose events lie in several places, in order.
struct JoinedBlockBuilder {
    let base: ClusteredBlock
    let joined: [JoinedBlock]
    let recent: RecentEvents

    /// What a person is made of.
    struct Sources {
        /// Those who were people of their own before.
        var people: Set<Int32> = []
        /// Indexes among the recent events, in arrival order.
        var recent: [Int32] = []
    }

    /// Someone's place in a block, to be hidden there; `block` counts the joined ones, `nil` is the base.
    struct Shown {
        var block: Int?
        var person: Int
    }

    /// One event while it is being put in order.
    private struct Item {
        var seconds: UInt32
        /// Within a source, items are in order.
        var source: Int32
        var position: Int32
        var origin: Int32
    }

    /// - Returns: the new block, and where its people were until now.
    func block(
        _ sourcesByPerson: [Int32: Sources],
        from store: any EventStore
    ) throws(EventStoreError) -> (block: JoinedBlock, shownBefore: [Shown]) {
        var people: [Int32] = []
        var starts: [UInt32] = [0]
        var origins: [Int32] = []
        var shownBefore: [Shown] = []
        // Stretches of `origins` that are in order but for what lies within one second.
        var ties: [Range<Int>] = []
        for (person, sources) in sourcesByPerson.sorted(by: { $0.key < $1.key }) {
            let items = items(sources, &shownBefore)
            if items.isEmpty { continue }
            noteTies(items, from: origins.count, &ties)
            origins.append(contentsOf: items.map(\.origin))
            people.append(person)
            starts.append(UInt32(origins.count))
        }
        try breakTies(ties, &origins, store)
        return (JoinedBlock(people: people, starts: starts, origins: origins, base, recent), shownBefore)
    }

    /// All events of one person, in order of seconds.
    private func items(_ sources: Sources, _ shownBefore: inout [Shown]) -> [Item] {
        var items: [Item] = []
        var source: Int32 = 0
        var isSorted = true
        func take(_ origins: some Sequence<Int32>) {
            var position: Int32 = 0
            for origin in origins {
                let item = Item(seconds: seconds(origin), source: source, position: position, origin: origin)
                if position == 0, let last = items.last, last.seconds > item.seconds { isSorted = false }
                items.append(item)
                position += 1
            }
            source += 1
        }
        for person in sources.people.sorted() {
            if let index = base.block.shownIndex(of: person) {
                take(base.block.places(ofPerson: index).lazy.map { Int32($0) })
                shownBefore.append(Shown(block: nil, person: index))
            }
            for (number, block) in joined.enumerated() {
                guard let index = block.block.shownIndex(of: person) else { continue }
                take(block.origins[block.block.places(ofPerson: index)])
                shownBefore.append(Shown(block: number, person: index))
            }
        }
        let arrived = sources.recent.sorted { a, b in
            let (timeOfA, timeOfB) = (recent.times[Int(a)], recent.times[Int(b)])
            return timeOfA != timeOfB ? timeOfA < timeOfB : a < b
        }
        take(arrived.lazy.map { ~$0 })
        if !isSorted {
            items.sort { a, b in (a.seconds, a.source, a.position) < (b.seconds, b.source, b.position) }
        }
        return items
    }

    private func seconds(_ origin: Int32) -> UInt32 {
        origin >= 0
            ? base.block.seconds[Int(origin)] : EventBlock.seconds(ofMilliseconds: recent.times[Int(~origin)])
    }

    private func row(_ origin: Int32) -> Int {
        origin >= 0 ? Int(base.arrivals[Int(origin)]) : recent.firstRow + Int(~origin)
    }

    /// Adds where events of different sources share a second.
    private func noteTies(_ items: [Item], from first: Int, _ ties: inout [Range<Int>]) {
        var start = 0
        while start < items.count {
            var end = start + 1
            while end < items.count, items[end].seconds == items[start].seconds { end += 1 }
            if items[start].source != items[end - 1].source { ties.append(first + start..<first + end) }
            start = end
        }
    }

    /// Orders what lies within one second by milliseconds and arrival. The base does not keep them: the store does.
    private func breakTies(
        _ ties: [Range<Int>],
        _ origins: inout [Int32],
        _ store: any EventStore
    ) throws(EventStoreError) {
        var rows: [Int] = []
        for tie in ties { for place in tie where origins[place] >= 0 { rows.append(row(origins[place])) } }
        let times = try store.times(ofRows: rows)
        for tie in ties {
            let events = origins[tie].map { origin in
                let row = row(origin)
                return (time: origin >= 0 ? times[row] ?? 0 : recent.times[Int(~origin)], row: row, origin: origin)
            }
            let sorted = events.sorted { ($0.time, $0.row) < ($1.time, $1.row) }
            for (place, event) in zip(tie, sorted) { origins[place] = event.origin }
        }
    }
}

extension EventStore {
    /// The times of some rows, in milliseconds, reading little of what lies between them.
    fileprivate func times(ofRows rows: [Int]) throws(EventStoreError) -> [Int: Int64] {
        let sorted = rows.sorted()
        var times: [Int: Int64] = [:]
        var first = 0
        while first < sorted.count {
            var end = first + 1
            while end < sorted.count, sorted[end] - sorted[end - 1] < 200_000 { end += 1 }
            var row = sorted[first]
            var next = first
            try readLongs(.time, EventSelection(rows: row..<sorted[end - 1] + 1)) { numbers in
                while next < end, sorted[next] < row + numbers.count {
                    times[sorted[next]] = numbers[sorted[next] - row]
                    next += 1
                }
                row += numbers.count
            }
            first = end
        }
        return times
    }
}
