import EventModel
import JSONTape
import Storage

extension IncomingBatch {
    /// The batch without the values of properties that the project does not want to be stored. Events stay, and so does what
    /// they say else. Source: Documentation/taxonomy.md X12.
    func without(_ dropped: DroppedNames) -> IncomingBatch {
        guard dropped.hasProperties else { return self }
        var batch = self
        let ofPeople = dropped.properties(of: .user)
        // Events that have the same names have them dropped or not together: only the first of them is read.
        var isTouched: [Fingerprint: Bool] = [:]
        for index in batch.events.indices {
            let event = batch.events[index]
            let type = batch.type(of: event).map { ExactText($0) }
            let ofEvents = dropped.properties(of: .event, owner: type)
            let names = event.propertyNames.with(event.type.fingerprint.low)
            if !ofEvents.isEmpty, !event.row.eventProperties.isNone, isTouched[names] ?? true {
                isTouched[names] = batch.dropEventProperties(ofEvents, at: index)
            }
            if !ofPeople.isEmpty, !event.userProperties.isNone { batch.dropUserProperties(ofPeople, at: index) }
        }
        for index in batch.groupChanges.indices {
            let types = batch.groupChanges[index].groups.map(\.type)
            let ofGroups = types.reduce(into: dropped.properties(of: .group)) { names, type in
                names.formUnion(dropped.properties(of: .group, owner: type))
            }
            batch.groupChanges[index].operations = batch.groupChanges[index].operations.without(ofGroups)
        }
        return batch
    }

    /// - Returns: whether the event has any of them.
    private mutating func dropEventProperties(_ names: Set<ExactText>, at index: Int) -> Bool {
        let members = PropertyLimits.members(ofJSON: texts[events[index].row.eventProperties.range])
        let kept = members.filter { !names.contains(ExactText($0.key)) }
        if kept.count == members.count { return false }
        var (row, nameBytes) = (events[index].row, [UInt8]())
        row.eventProperties = kept.isEmpty ? .none : append(kept, to: \.texts)
        for member in kept {
            nameBytes.append(contentsOf: member.key.utf8)
            nameBytes.append(0xFF)
        }
        // An amount is what the properties say.
        if row.revenue != nil { row.revenue = Self.revenue(kept) }
        events[index].row = row
        events[index].propertyNames =
            kept.isEmpty ? Fingerprint(high: 0, low: 0) : Fingerprint(secretly: nameBytes.span)
        return true
    }

    private static func revenue(_ members: [PropertyMember]) -> Double? {
        var json = JSONWriter()
        json.object(members)
        return try? JSONDocument.withRoot(of: json.bytes) { Revenue(eventProperties: $0).amount }
    }

    private mutating func dropUserProperties(_ names: Set<ExactText>, at index: Int) {
        let members = PropertyLimits.members(ofJSON: keys[events[index].userProperties.range.range])
        guard members.contains(where: { $0.has(names) }) else { return }
        let kept = members.without(names)
        guard !kept.isEmpty else {
            events[index].userProperties = SentKey()
            return
        }
        let range = append(kept, to: \.keys)
        events[index].userProperties = SentKey(range: range, fingerprint: Fingerprint(secretly: keys[range.range].span))
    }

    private mutating func append(
        _ members: [PropertyMember],
        to bytes: WritableKeyPath<IncomingBatch, [UInt8]>
    ) -> TextRange {
        var json = JSONWriter()
        json.object(members)
        let start = self[keyPath: bytes].count
        self[keyPath: bytes] += json.bytes
        return TextRange(start..<start + json.count)
    }
}

extension [PropertyMember] {
    /// Properties, or operations on them, without these names. What takes a property away may stay.
    fileprivate func without(_ names: Set<ExactText>) -> [PropertyMember] {
        compactMap { member in
            guard member.has(names) else { return member }
            guard let operands = member.operands else { return nil }
            let kept = operands.filter { !names.contains(ExactText($0.key)) }
            return kept.isEmpty ? nil : PropertyMember(key: member.key, value: .object(kept))
        }
    }
}

extension PropertyMember {
    /// Whether it gives a value to one of these.
    fileprivate func has(_ names: Set<ExactText>) -> Bool {
        guard let operation = PropertyOperation(rawValue: key) else { return names.contains(ExactText(key)) }
        return operation != .unset && operands?.contains { names.contains(ExactText($0.key)) } ?? false
    }

    /// `nil` of what is no operation on named properties.
    fileprivate var operands: [PropertyMember]? {
        guard PropertyOperation(rawValue: key) != nil, case .object(let operands) = value else { return nil }
        return operands
    }
}
