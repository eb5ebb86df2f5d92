/// The answer to a ``Question``, of the same case.
public enum Answer: Equatable, Sendable {
    case segmentation(SegmentationAnswer)
    case funnel(FunnelAnswer)
    case retention(RetentionAnswer)
    case lifetimeValue(LifetimeValueAnswer)
    case revenue(SegmentationAnswer)
    case users(SegmentationAnswer)
    case sessions(SessionAnswer)
    case composition(CompositionAnswer)
    case lifecycle(LifecycleAnswer)
    case stickiness(StickinessAnswer)
    case dataTable(DataTableAnswer)
}
