extension Array {
    /// Appends until there are at least so many elements.
    @inlinable
    public mutating func fill(upTo count: Int, with element: Element) {
        if self.count < count { append(contentsOf: repeatElement(element, count: count - self.count)) }
    }
}
