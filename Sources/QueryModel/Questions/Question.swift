/// Anything that can be asked of a project's events.
public enum Question: Hashable, Sendable {
    case segmentation(SegmentationQuery)
    case funnel(FunnelQuery)
    case retention(RetentionQuery)
    case lifetimeValue(LifetimeValueQuery)
    case revenue(RevenueQuery)
    case users(ActiveUsersQuery)
    case sessions(SessionQuery)
    case composition(CompositionQuery)
    case lifecycle(LifecycleQuery)
    case stickiness(StickinessQuery)
    case dataTable(DataTableQuery)
}
