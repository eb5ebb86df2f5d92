/// Tells what is asked of single events, by their places: of those on ways that count, which are few.
public protocol FunnelEventReader {
    /// The value that splits the funnel: a number of the lists of a part of its ``FunnelSplitting``.
    func value(_ part: Int, at place: Int32) -> Int32
    /// Its number in order of arrival; below `UInt32.max`.
    func arrival(at place: Int32) -> UInt32
    /// What it brought in; 0 if nothing.
    func amount(at place: Int32) -> Double
}

/// For funnels of which only steps and times are counted.
struct NoReader: FunnelEventReader {
    func value(_ part: Int, at place: Int32) -> Int32 { 0 }
    func arrival(at place: Int32) -> UInt32 { 0 }
    func amount(at place: Int32) -> Double { 0 }
}
