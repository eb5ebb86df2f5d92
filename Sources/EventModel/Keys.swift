/// A person's dense number within a project, counted from 1, so folds index arrays. Callers see the ``AmplitudeID``.
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

/// A person's number as callers see it, one for each ``UserKey``: the one that an import brought, else the next above all
/// that were given so far. Source: Documentation/people.md P9.
public struct AmplitudeID: Hashable, Comparable, Sendable, BitwiseCopyable {
    public var number: Int64

    public init(_ number: Int64) {
        self.number = number
    }

    /// That of everybody who was stored before people could be imported: their own number.
    public init(_ user: UserKey) {
        number = Int64(user.number)
    }

    public static func < (lhs: AmplitudeID, rhs: AmplitudeID) -> Bool {
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
