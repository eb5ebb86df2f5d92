extension CodeColumn {
    /// The entry of `table` for the code at each place.
    public func entries(of table: [Int32], at places: [Int32], into result: inout [Int32]) {
        gather(table, places, &result)
    }

    /// The entry of `table` for the code at each place.
    public func entries(of table: [UInt32], at places: [Int32], into result: inout [UInt32]) {
        gather(table, places, &result)
    }

    private func gather<Element>(_ table: [Element], _ places: [Int32], _ result: inout [Element]) {
        switch self {
        case .bytes(let codes): Self.gather(table, codes, places, &result)
        case .shorts(let codes): Self.gather(table, codes, places, &result)
        case .words(let codes): Self.gather(table, codes, places, &result)
        }
    }

    private static func gather<Element>(
        _ table: [Element],
        _ codes: [some FixedWidthInteger & Sendable],
        _ places: [Int32],
        _ result: inout [Element]
    ) {
        result.removeAll(keepingCapacity: true)
        let (codes, table, places) = (codes.span, table.span, places.span)
        result.append(addingCapacity: places.count) { result in
            for i in places.indices { result.append(table[Int(codes[Int(places[i])])]) }
        }
    }
}
