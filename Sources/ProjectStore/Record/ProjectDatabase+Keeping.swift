public import EventModel
public import Foundation
import GRDB
import SQLiteFiles
public import Storage

extension ProjectDatabase {
    public func keeping() throws(ProjectRecordError) -> Keeping {
        try read(Self.keeping)
    }

    /// That of a record that is not open; `nil` if nobody can say.
    public static func keeping(in folder: URL) -> Keeping? {
        let database = DatabaseFile(url: file(folder))
        if database.absence != nil { return nil }
        var found: Keeping?
        try? database.read { db in
            if try db.tableExists("keeping") { found = try keeping(db) }
        }
        return found
    }

    static func keeping(_ db: Database) throws -> Keeping {
        var keeping = Keeping()
        guard let row = try Row.fetchOne(db, sql: "SELECT days, cut, cleared_cut, confirmed_cut FROM keeping") else {
            return keeping
        }
        func time(_ index: Int) -> Timestamp? { (row[index] as Int64?).map { Timestamp(milliseconds: $0) } }
        keeping.days = (row[0] as Int?).flatMap { KeptDays($0) }
        keeping.cut = time(1)
        keeping.clearedCut = time(2)
        keeping.confirmedCut = time(3)
        return keeping
    }

    /// When events were received last; `nil` if there is none.
    public func lastReceipt() throws(ProjectRecordError) -> Timestamp? {
        try row("SELECT received_at FROM journal WHERE events > 0 ORDER BY sequence DESC LIMIT 1").map {
            Timestamp(milliseconds: $0[0])
        }
    }

    public func keep(_ days: KeptDays?, confirming confirmed: Timestamp?) throws(ProjectRecordError) {
        try write { db in
            try db.execute(
                sql: "UPDATE keeping SET days = ?, confirmed_cut = ?",
                arguments: [days?.count, confirmed?.milliseconds]
            )
        }
    }

    public func confirm(_ cut: Timestamp) throws(ProjectRecordError) {
        try write { db in
            try db.execute(sql: "UPDATE keeping SET confirmed_cut = ?", arguments: [cut.milliseconds])
        }
    }

    public func setCut(_ cut: Timestamp) throws(ProjectRecordError) {
        try write { db in
            try db.execute(
                sql: "UPDATE keeping SET cut = ? WHERE cut IS NULL OR cut < ?",
                arguments: [cut.milliseconds, cut.milliseconds]
            )
        }
        try cutHidden(at: cut)
    }

    public func noteCleared(_ cut: Timestamp) throws(ProjectRecordError) {
        try write { db in
            try db.execute(
                sql: "UPDATE keeping SET cleared_cut = ? WHERE cleared_cut IS NULL OR cleared_cut < ?",
                arguments: [cut.milliseconds, cut.milliseconds]
            )
        }
    }
}
