import EventModel

/// The distinct values of one property, each with its code. Code 0 is "no value"; codes never change.
struct ValueDictionary: Sendable {
    /// By code.
    private(set) var values: [DistinctValue] = [.none]
    private(set) var labels = ValueLabels()
    private var texts = ByteDictionary()
    private var sizeOfValues = 0

    /// Bytes of memory, about.
    var size: Int { texts.size + labels.size + values.capacity * MemoryLayout<DistinctValue>.stride + sizeOfValues }

    var largestCode: UInt32 { UInt32(values.count - 1) }

    /// The code of a value given as JSON text.
    mutating func code(ofJSON json: Span<UInt8>) -> UInt32 {
        code(of: json) { DistinctValue(json: $0) }
    }

    /// The code of a value given as plain text.
    mutating func code(ofText text: Span<UInt8>) -> UInt32 {
        code(of: text) { DistinctValue(text: $0) }
    }

    /// The code of a value given as plain text.
    mutating func code(ofText text: String) -> UInt32 {
        code(ofText: text.utf8Span.span)
    }

    /// The code of a value given as a number.
    mutating func code(ofNumber number: Double) -> UInt32 {
        code(of: PropertyValue.decimal(number).utf8Span.span) { DistinctValue(labels: [$0], number: number) }
    }

    private mutating func code(of text: Span<UInt8>, _ value: (String) -> DistinctValue) -> UInt32 {
        let (number, isNew) = texts.number(of: text)
        if isNew {
            // Safe: the buffer is read within the call.
            let value = value(unsafe text.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) })
            sizeOfValues += value.sizeOnHeap
            values.append(value)
            labels.append(value)
        }
        return UInt32(number + 1)
    }
}

extension DistinctValue {
    /// Bytes of memory beside the value itself, about.
    fileprivate var sizeOnHeap: Int {
        labels.reduce(32) { $0 + 16 + ($1.utf8.count > 15 ? $1.utf8.count + 32 : 0) }
    }
}
