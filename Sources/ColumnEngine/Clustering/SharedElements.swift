/// The elements of an array in the making, written by several threads at once, each at places of its own.
// Safe: every place is checked, and the array outlives `Array.init(count:writtenBy:)`, beyond which no copy is kept.
// Elements are plain bits: a place that two threads wrote would hold a wrong value, not a bad pointer.
@safe struct SharedElements<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
    private let start: UnsafeMutablePointer<Element>
    let count: Int

    fileprivate init(_ buffer: UnsafeMutableBufferPointer<Element>, count: Int) {
        // Safe: a buffer of no elements may have no address, and then no place passes the check below.
        unsafe start = buffer.baseAddress ?? UnsafeMutablePointer(bitPattern: MemoryLayout<Element>.alignment)!
        self.count = count
    }

    @inline(__always)
    func set(_ place: Int, _ element: Element) {
        precondition(UInt(bitPattern: place) < UInt(bitPattern: count), "a place outside the array")
        unsafe start[place] = element
    }

    @inline(__always)
    func get(_ place: Int) -> Element {
        precondition(UInt(bitPattern: place) < UInt(bitPattern: count), "a place outside the array")
        return unsafe start[place]
    }

    @inline(__always)
    func update(_ place: Int, _ change: (Element) -> Element) {
        precondition(UInt(bitPattern: place) < UInt(bitPattern: count), "a place outside the array")
        unsafe start[place] = change(start[place])
    }
}

extension Array where Element: BitwiseCopyable & Sendable {
    /// Lends the elements to several threads, to be overwritten.
    mutating func withSharedElements<Failure: Error>(
        _ body: (SharedElements<Element>) throws(Failure) -> Void
    ) throws(Failure) {
        let result = unsafe withUnsafeMutableBufferPointer { buffer in
            let elements = unsafe SharedElements(buffer, count: buffer.count)
            return Result { () throws(Failure) in try body(elements) }
        }
        try result.get()
    }
}

extension Array where Element: BitwiseCopyable & Sendable {
    /// An array whose elements `body` writes, from several threads if it likes. It must write all of them: what it
    /// leaves out may be any bits.
    init<Failure: Error>(
        count: Int,
        writtenBy body: (SharedElements<Element>) throws(Failure) -> Void
    ) throws(Failure) {
        var result = Result<Void, Failure>.success(())
        // Safe: all elements are counted as written; an element may have any bits.
        self = unsafe Array(unsafeUninitializedCapacity: count) { buffer, initialized in
            let elements = unsafe SharedElements(buffer, count: count)
            result = Result { () throws(Failure) in try body(elements) }
            initialized = count
        }
        try result.get()
    }
}
