/// A person's dense number within a project, shown to callers as the Amplitude ID. Counted from 1, so folds index arrays.
///
/// An event keeps the key that it was stored with for ever; a merge of two keys is a fact of its own, applied by queries.
public struct UserKey: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Of an event that is about a group alone.
    public static let nobody = UserKey(0)

    public var number: Int32

    public init(_ number: Int32) {
        self.number = number
    }

    public static func < (lhs: UserKey, rhs: UserKey) -> Bool {
        lhs.number < rhs.number
    }
}

/// A device id's dense number within a project, counted from 1.
public struct DeviceKey: Hashable, Sendable, BitwiseCopyable {
    /// Of an event that is about a group alone.
    public static let none = DeviceKey(0)

    public var number: Int32

    public init(_ number: Int32) {
        self.number = number
    }
}

/// An event type's dense number within a project, counted from 1 in order of first arrival.
public struct EventTypeID: Hashable, Sendable, BitwiseCopyable {
    public var number: Int32

    public init(_ number: Int32) {
        self.number = number
    }
}

/// Number of an ``EventContext`` that has occurred in a project, counted from 1.
public struct ContextID: Hashable, Sendable, BitwiseCopyable {
    public var number: Int32

    public init(_ number: Int32) {
        self.number = number
    }
}

/// Number of a set of user properties that has occurred in a project, counted from 1. 0 is the empty set.
public struct PropertySetID: Hashable, Sendable, BitwiseCopyable {
    public static let empty = PropertySetID(0)

    public var number: Int32

    public init(_ number: Int32) {
        self.number = number
    }
}

/// Place of an accepted batch in a project's journal: 1, 2, 3, … without gaps. 0 is "nothing yet".
public struct JournalSequence: Hashable, Comparable, Sendable, BitwiseCopyable {
    public static let none = JournalSequence(0)

    public var number: Int64

    public init(_ number: Int64) {
        self.number = number
    }

    public static func < (lhs: JournalSequence, rhs: JournalSequence) -> Bool {
        lhs.number < rhs.number
    }
}
