extension ScannedEvents {
    /// Takes the events of some of the block's people alone, by the same scan.
    public mutating func narrow(to people: Range<Int>) {
        take(block, people)
    }
}
