import CInstructions

extension Span where Element: BitwiseCopyable {
    /// Has the processor bring an element from memory that will be read soon, while it does something else.
    ///
    /// Elements that lie far apart are otherwise waited for: where the next one lies cannot be foreseen.
    @inline(__always)
    func prefetch(_ index: Int) {
        // Safe: nothing is read, and an address outside of the elements is passed over.
        unsafe withUnsafeBufferPointer { elements in
            if let first = elements.baseAddress { unsafe prefetch_for_reading(first + index) }
        }
    }
}
