import EventModel
import ProjectStore
import Storage
import TestSupport

@testable import Ingestion

/// Sends events to a resolver that knows a tracking plan, over a real record.
struct PlanSender {
    let folder = TemporaryFolder()
    let record: ProjectDatabase
    private var resolver: BatchResolver

    /// - Parameter plan: what is declared.
    init(_ plan: [PlannedProperty: PropertySettings]) throws {
        record = try ProjectDatabase(folder: folder.url)
        resolver = try BatchResolver(record, folder: folder.url, now: Timestamp(milliseconds: 0))
        try record.changeEventSettings { $0.properties = plan }
    }

    /// Sends one request, and commits it.
    ///
    /// - Parameter events: JSON, with commas between them.
    mutating func send(_ events: String, at time: Int64 = 0) throws {
        _ = try add(events, at: time)
        try commit(at: time)
    }

    /// - Returns: why nothing of it was added.
    mutating func add(_ events: String, at time: Int64 = 0) throws -> RequestRefusal? {
        resolver.check(try record.declaredProperties())
        let batch = try decoded(events).without(try record.droppedNames())
        return try resolver.add(batch, receivedAt: Timestamp(milliseconds: time))
    }

    mutating func commit(at time: Int64 = 0) throws {
        _ = try record.commit(try resolver.takeChange(receivedAt: Timestamp(milliseconds: time)))
    }

    /// `event Play color: missing 2 none`, one a line: what, how often and what was received.
    func findings() throws -> [String] {
        try record.planFindings().listed.map { finding in
            let key = finding.key
            return "\(key.kind) \(key.owner.string) \(key.name.string):"
                + " \(key.problem.rawValue) \(finding.count) \(finding.received.rawValue)"
        }
    }
}

extension PropertySettings {
    /// What a test says of a property.
    static func declared(
        _ type: ValueType = .any,
        _ values: [String]? = nil,
        pattern: String? = nil,
        isList: Bool = false,
        isRequired: Bool = false
    ) -> PropertySettings {
        var settings = PropertySettings()
        settings.type = type
        settings.values = values
        settings.pattern = pattern
        settings.isList = isList
        settings.isRequired = isRequired
        return settings
    }
}

extension PlannedProperty {
    static func ofEvents(_ name: String, of type: String? = nil) -> PlannedProperty {
        PlannedProperty(.event, of: type.map { ExactText($0) }, ExactText(name))
    }

    static func ofUsers(_ name: String) -> PlannedProperty { PlannedProperty(.user, ExactText(name)) }

    static func ofGroups(_ name: String, of type: String? = nil) -> PlannedProperty {
        PlannedProperty(.group, of: type.map { ExactText($0) }, ExactText(name))
    }
}
