/// The part of a project's record that holds what the project says about its event types and properties.
public protocol EventSettingsRecord: Sendable {
    /// As of now. Read from disk once and replaced with every change, so asking costs no more than a lock.
    func eventSettings() throws(ProjectRecordError) -> EventSettings

    /// What is dropped on the way in, as of now; costs as little.
    func droppedNames() throws(ProjectRecordError) -> DroppedNames

    /// What values must be, as of now; costs as little. `nil` if nothing is said of any property.
    func declaredProperties() throws(ProjectRecordError) -> DeclaredProperties?

    /// Changes the settings; one change at a time, each from what the one before left. Blocks: on return it is on disk,
    /// and ``eventSettings()`` gives it. If this throws, nothing has changed.
    ///
    /// - Parameter change: gets the settings as they are, and leaves them as they are to be.
    func changeEventSettings<Answer>(
        _ change: (inout EventSettings) -> Answer
    ) throws(ProjectRecordError) -> Answer
}
