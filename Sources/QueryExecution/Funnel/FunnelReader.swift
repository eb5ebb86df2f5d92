import ColumnEngine
import FoldEngine
import QueryModel

/// Tells what splits a funnel, and what events brought in, by places in a block.
struct FunnelReader: FunnelEventReader {
    /// Of one property.
    struct Values {
        fileprivate let codes: CodeColumn?
        /// By code.
        fileprivate let numbers: [Int32]

        init(codes: CodeColumn?, numbers: [Int32]) {
            self.codes = codes
            self.numbers = numbers
        }
    }

    private let values: [Values]
    /// By place; empty if events arrived in the order of their places.
    private let arrivals: [UInt32]
    private let revenue: CodeColumn?
    /// By code of the revenue.
    private let amounts: [Double]

    init(_ block: EventBlock, _ groups: FunnelGroups, _ amounts: [Double]) {
        values = groups.values(in: block)
        arrivals = block.arrivals
        revenue = block.columns[.revenue]
        self.amounts = amounts
    }

    func value(_ part: Int, at place: Int32) -> Int32 {
        let values = values[part]
        return values.numbers[Int(values.codes?[Int(place)] ?? 0)]
    }

    func arrival(at place: Int32) -> UInt32 {
        arrivals.isEmpty ? UInt32(bitPattern: place) : arrivals[Int(place)]
    }

    func amount(at place: Int32) -> Double { amounts[Int(revenue?[Int(place)] ?? 0)] }
}
