/// How the steps of a funnel follow each other.
public enum FunnelOrder: Hashable, Sendable {
    case ordered, unordered
    /// Ordered, and nothing comes between.
    case sequential
}
