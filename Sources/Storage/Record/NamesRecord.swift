public import EventModel

/// The part of a project's record that knows which numbers names, contexts and property sets were given. Calls block.
public protocol NamesRecord: Sendable {
    func eventType(named name: String) throws(ProjectRecordError) -> EventTypeID?
    /// Every event type that was ever stored, in order of arrival.
    func eventTypeNames() throws(ProjectRecordError) -> [Named<EventTypeID>]
    /// The context whose JSON text this is.
    func context(withText json: String) throws(ProjectRecordError) -> ContextID?
    /// The property set whose JSON text this is; `nil` also for a large one, which stands for one person alone.
    func propertySet(withText json: String) throws(ProjectRecordError) -> PropertySetID?
    /// The JSON text of a context; `nil` if the number was never given.
    func text(of context: ContextID) throws(ProjectRecordError) -> String?
    /// The JSON text of a property set; `nil` if the number was never given, or to a large set that nobody has any more.
    func text(of propertySet: PropertySetID) throws(ProjectRecordError) -> String?
    /// The bundle whose text this is.
    func propertyBundle(withText text: String) throws(ProjectRecordError) -> PropertyBundleID?
    /// The text of a bundle; `nil` if the number was never given.
    func text(of bundle: PropertyBundleID) throws(ProjectRecordError) -> String?
    /// Every property that has occurred.
    func propertyNames() throws(ProjectRecordError) -> [PropertyName]
    /// The largest numbers given so far.
    func counters() throws(ProjectRecordError) -> RecordCounters
}
