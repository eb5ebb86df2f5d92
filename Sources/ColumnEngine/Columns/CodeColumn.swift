/// Small numbers, one for each event of a block, as narrow as the largest of them allows.
public enum CodeColumn: Sendable {
    case bytes([UInt8])
    case shorts([UInt16])
    case words([UInt32])

    /// The narrowest column that holds these numbers.
    public init(_ codes: [UInt32]) {
        self.init(codes, largest: codes.max() ?? 0)
    }

    /// - Parameter largest: none of `codes` is above it.
    init(_ codes: [UInt32], largest: UInt32) {
        switch Self.width(largest: largest) {
        case 1: self = .bytes(codes.map { UInt8($0) })
        case 2: self = .shorts(codes.map { UInt16($0) })
        default: self = .words(codes)
        }
    }

    /// Zeros, in a column wide enough for `largest`.
    init(zeros count: Int, largest: UInt32) {
        switch Self.width(largest: largest) {
        case 1: self = .bytes([UInt8](repeating: 0, count: count))
        case 2: self = .shorts([UInt16](repeating: 0, count: count))
        default: self = .words([UInt32](repeating: 0, count: count))
        }
    }

    /// Bytes that each number takes if this is the largest.
    static func width(largest: UInt32) -> Int {
        largest <= UInt8.max ? 1 : largest <= UInt16.max ? 2 : 4
    }

    public var count: Int {
        switch self {
        case .bytes(let codes): codes.count
        case .shorts(let codes): codes.count
        case .words(let codes): codes.count
        }
    }

    /// Bytes of memory.
    var size: Int {
        switch self {
        case .bytes(let codes): codes.count
        case .shorts(let codes): codes.count * 2
        case .words(let codes): codes.count * 4
        }
    }

    /// For single events; loops take the array out of the case first.
    public subscript(place: Int) -> UInt32 {
        switch self {
        case .bytes(let codes): UInt32(codes[place])
        case .shorts(let codes): UInt32(codes[place])
        case .words(let codes): codes[place]
        }
    }

    /// Widens the column if `largest` does not fit.
    mutating func makeRoom(for largest: UInt32) {
        switch (self, Self.width(largest: largest)) {
        case (.bytes(let codes), 2): self = .shorts(codes.map { UInt16($0) })
        case (.bytes(let codes), 4): self = .words(codes.map { UInt32($0) })
        case (.shorts(let codes), 4): self = .words(codes.map { UInt32($0) })
        default: break
        }
    }

    /// Copies out of `codes`, whose first belongs to arrival `first`, what belongs to the events at each place.
    mutating func gather(_ codes: [UInt32], first: Int, arrivals: [UInt32]) {
        // Out of the case while it is written to, so that it is not copied.
        let column = self
        self = .bytes([])
        switch consume column {
        case .bytes(var own):
            own.gather(codes, first: first, arrivals: arrivals)
            self = .bytes(own)
        case .shorts(var own):
            own.gather(codes, first: first, arrivals: arrivals)
            self = .shorts(own)
        case .words(var own):
            own.gather(codes, first: first, arrivals: arrivals)
            self = .words(own)
        }
    }
}

extension Array where Element: FixedWidthInteger & BitwiseCopyable & Sendable {
    /// Copies out of `numbers`, whose first belongs to arrival `first`, what belongs to the event at each place.
    mutating func gather<Number: FixedWidthInteger & Sendable>(
        _ numbers: [Number],
        first: Int,
        arrivals: [UInt32]
    ) {
        precondition(count == arrivals.count)
        withSharedElements { own in
            let parts = WorkSplit.standard.parts(of: 0..<arrivals.count)
            _ = concurrently(parts.count) { part in
                for place in parts[part] {
                    let index = Int(arrivals[place]) &- first
                    if UInt(bitPattern: index) < UInt(bitPattern: numbers.count) {
                        own.set(place, Element(truncatingIfNeeded: numbers[index]))
                    }
                }
            }
        }
    }
}

extension CodeColumn {
    var width: Int {
        switch self {
        case .bytes: 1
        case .shorts: 2
        case .words: 4
        }
    }

    /// Sets the codes at these places, which must fit.
    mutating func replace(_ places: [Int], _ codes: [UInt32]) {
        let column = self
        self = .bytes([])
        switch consume column {
        case .bytes(var own):
            for (place, code) in zip(places, codes) { own[place] = UInt8(code) }
            self = .bytes(own)
        case .shorts(var own):
            for (place, code) in zip(places, codes) { own[place] = UInt16(code) }
            self = .shorts(own)
        case .words(var own):
            for (place, code) in zip(places, codes) { own[place] = code }
            self = .words(own)
        }
    }
}
