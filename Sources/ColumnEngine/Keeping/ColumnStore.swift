public import EventModel
public import QueryModel
public import Storage

/// Keeps a project's columns in memory, loads those that a query needs, and folds in what has arrived since.
///
/// The *base* holds all events up to some row, loaded once. What arrives later is kept in arrival order, and the people
/// whom it belongs to, or who were merged since, are put together in *joined* blocks and hidden where they were: so new
/// events cost what they are themselves, with their people's history. When that has become too much, a new base is made.
/// People who were deleted are hidden where they are, too.
///
/// Columns take no more than a budget. The ones longest unused go first; a question for which even its own columns are too
/// large is answered by ranges of people (``forEachView(of:longs:types:isolation:_:)``).
public actor ColumnStore {
    private(set) var store: any EventStore
    /// The store to ask from now on, with a number of its own; `nil` if it is always the same.
    private let editions: (@Sendable () -> StoreEdition)?
    private(set) var edition = 0
    private let executor: SerialQueueExecutor
    let budget: Int
    let account = MemoryAccount()
    let split: WorkSplit

    private var namesKnown = KnownNames(eventTypes: [], properties: [])
    private var namesProgress = StoreProgress(sequence: .none, rows: 0)

    private(set) var people = People()
    private(set) var mergesKnown = 0
    private var base: ClusteredBlock?
    private var recent = RecentEvents()
    private var joined: [JoinedBlock] = []
    private var readers: [PropertyReference: PropertyReader] = [:]
    /// What has been folded in.
    private var progress = StoreProgress(sequence: .none, rows: 0)

    private var baseHolding: Holding?
    private lazy var recentHolding = Holding(account, bytes: 0)
    private var columnHoldings: [Column: Holding] = [:]
    /// When each column was last asked for, counted in questions.
    private var lastUse: [Column: Int] = [:]
    private var questions = 0
    private var isWarming = false

    /// A column that can be loaded and dropped.
    enum Column: Hashable {
        case property(PropertyReference)
        case long(LongColumn)
    }

    /// So many recent events, or an eighth of the base, are kept beside it before a new one is made.
    private let smallTail: Int

    /// Says whom no answer may show.
    let hiddenPeople: @Sendable () throws(EventStoreError) -> HiddenPeople
    /// Those who are hidden in what is kept here.
    private var hidden = HiddenPeople.nobody

    // Safe: the actor owns its executor.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - budget: the most bytes for columns; a quarter of the machine's memory unless given.
    ///   - hiddenPeople: says at each question whom its answer may not show; nobody is hidden if left out.
    public init(
        _ store: any EventStore,
        budget: Int? = nil,
        smallTail: Int = 100_000,
        hiddenPeople: @escaping @Sendable () throws(EventStoreError) -> HiddenPeople = { .nobody }
    ) {
        self.init(store, budget: budget, smallTail: smallTail, split: .standard, hiddenPeople: hiddenPeople)
    }

    /// - Parameters:
    ///   - editions: is asked at the start of each question, as another store may take the place of the one before: one with
    ///     everything that the other has, but for what was taken out.
    ///   - hiddenPeople: says at each question whom its answer may not show.
    public init(
        following editions: @escaping @Sendable () -> StoreEdition,
        budget: Int? = nil,
        hiddenPeople: @escaping @Sendable () throws(EventStoreError) -> HiddenPeople
    ) {
        self.init(
            editions().store,
            following: editions,
            budget: budget,
            smallTail: 100_000,
            split: .standard,
            hiddenPeople: hiddenPeople
        )
    }

    init(
        _ store: any EventStore,
        following editions: (@Sendable () -> StoreEdition)? = nil,
        budget: Int?,
        smallTail: Int,
        split: WorkSplit,
        hiddenPeople: @escaping @Sendable () throws(EventStoreError) -> HiddenPeople = { .nobody }
    ) {
        self.split = split
        self.hiddenPeople = hiddenPeople
        self.store = store
        self.editions = editions
        self.budget = budget ?? MachineMemory.bytes / 4
        self.smallTail = smallTail
        executor = SerialQueueExecutor(label: "antinode.columns")
    }

    /// The event types and properties that have occurred.
    public func names() throws(EventStoreError) -> KnownNames {
        follow()
        let now = try store.progress()
        if now != namesProgress {
            namesKnown = KnownNames(eventTypes: try store.eventTypes(), properties: Set(try store.propertyNames()))
            namesProgress = now
        }
        return namesKnown
    }

    /// The events stored so far, with these properties and whole numbers loaded.
    ///
    /// - Parameter types: the only event types that the caller will look at, if it knows; then the view may lack others.
    /// - Throws: `tooLarge` if all of it at once is over the budget: then ``forEachView(of:longs:types:isolation:_:)``
    ///   answers.
    public func view(
        of needed: Set<PropertyReference>,
        longs: Set<LongColumn> = [],
        types: Set<Int32>? = nil
    ) throws(EventStoreError) -> ColumnView {
        guard let view = try viewWithinBudget(of: needed, longs: longs, types: types) else {
            throw EventStoreError(
                .tooLarge,
                "The columns do not fit into the memory for columns."
            )
        }
        return view
    }

    /// Loads what every question needs, unless it is there.
    public func warm() throws(EventStoreError) {
        follow()
        let now = try store.progress()
        if Self.baseBytes(now.rows) <= budget { try refresh(now, hiddenPeople()) }
    }

    /// Bytes that columns take now, views in use included.
    public var residentBytes: Int { account.bytes }

    // MARK: Views

    /// `nil` if it would be over the budget.
    func viewWithinBudget(
        of needed: Set<PropertyReference>,
        longs: Set<LongColumn>,
        types: Set<Int32>?
    ) throws(EventStoreError) -> ColumnView? {
        follow()
        let now = try store.progress()
        // After the rows: who is deleted in between is not shown, though who came after is not yet.
        let hidden = try hiddenPeople()
        questions += 1
        let columns = Set(needed.map(Column.property)).union(longs.map(Column.long))
        for column in columns { lastUse[column] = questions }
        guard try makeRoom(for: columns, now) else { return nil }
        if base == nil, let types, try isFew(types, now) {
            // A first answer soon; the rest is loaded after it.
            let view = try firstView(of: needed, longs: longs, types, now, hidden)
            warmLater()
            return view
        }
        try refresh(now, hidden)
        for property in needed { try load(property) }
        for column in longs { try load(column) }
        weigh()
        // Only now it is known how much the values themselves take.
        guard try makeRoom(for: columns, now) else {
            for column in columns { drop(column) }
            return nil
        }
        return view(of: columns, hidden)
    }

    private func view(of columns: Set<Column>, _ hidden: HiddenPeople) -> ColumnView {
        let blocks = ([base?.block].compactMap(\.self) + joined.filter { $0.shownEvents > 0 }.map(\.block))
            .filter { $0.count > 0 }.map { $0.only(columns) }
        var dictionaries: [PropertyReference: ValueDictionary] = [:]
        for case .property(let property) in columns { dictionaries[property] = readers[property]?.dictionary }
        let holdings = [baseHolding].compactMap(\.self) + columns.compactMap { columnHoldings[$0] }
        return ColumnView(
            blocks: blocks,
            dictionaries,
            people: people,
            cut: hidden.cut?.seconds,
            holdings: holdings
        )
    }

    /// Whether these types are so few of all that reading only them is worth while.
    private func isFew(_ types: Set<Int32>, _ now: StoreProgress) throws(EventStoreError) -> Bool {
        let known = try names().eventTypes.count
        return now.rows > smallTail && types.count * 3 <= known
    }

    private func firstView(
        of needed: Set<PropertyReference>,
        longs: Set<LongColumn>,
        _ types: Set<Int32>,
        _ now: StoreProgress,
        _ hidden: HiddenPeople
    ) throws(EventStoreError) -> ColumnView {
        let people = People(try store.merges(after: 0))
        let selection = EventSelection(rows: 0..<now.rows, types: types)
        let column = needed.lazy.compactMap(\.source.column).first
        var events = try SelectedEvents(selection, with: column, of: store, people, split)
        var dictionaries: [PropertyReference: ValueDictionary] = [:]
        for property in needed {
            var reader = readers[property] ?? PropertyReader(property)
            try reader.update(from: store, to: now.sequence, largest: dictionaryLimit)
            try events.load(property, through: &reader, from: store, dictionaryLimit: dictionaryLimit)
            dictionaries[property] = reader.dictionary
        }
        for column in longs { try events.load(column, from: store) }
        var block = events.clustered.block
        block.hide(hidden.keys, people)
        return ColumnView(
            blocks: block.count > 0 ? [block] : [],
            dictionaries,
            people: people,
            cut: hidden.cut?.seconds,
            holdings: [Holding(account, bytes: block.sizeWithoutColumns + block.sizeOfColumns)]
        )
    }

    private func warmLater() {
        if isWarming { return }
        isWarming = true
        Task { [weak self] in
            // The first answers are still being computed, on the same cores.
            try? await Task.sleep(for: .seconds(1))
            await self?.warmNow()
        }
    }

    private func warmNow() {
        // Whoever asks next sees what is wrong, if anything is.
        try? warm()
        isWarming = false
    }

    // MARK: Keeping up

    /// Lets go of a store whose place another one has taken, though nobody asks.
    public func letGo() { follow() }

    /// Forgets all that is known of a store whose place another one has taken: its rows are other ones. Views that were
    /// handed out go on.
    func follow() {
        guard let now = editions?(), now.number != edition else { return }
        (store, edition) = (now.store, now.number)
        dropAll()
        people = People()
        mergesKnown = 0
        progress = StoreProgress(sequence: .none, rows: 0)
        namesProgress = progress
        namesKnown = KnownNames(eventTypes: [], properties: [])
    }

    private func refresh(_ now: StoreProgress, _ hidden: HiddenPeople) throws(EventStoreError) {
        if base != nil, now == progress, hidden.version == self.hidden.version { return }
        let merges = try store.merges(after: mergesKnown)
        // Whoever stands together and no longer belongs together can only be parted by a new base.
        let isParted = merges.contains { people.isMerged($0.from.number) }
        // Who comes back may have been left out since.
        let isBack = hidden.version != self.hidden.version && !self.hidden.keys.isSubset(of: hidden.keys)
        if base == nil || isParted || isBack || isTooMuch(now.rows) {
            try makeBase(now.rows, merges)
            hide(hidden.keys)
        } else {
            try join(now.rows, merges, hidden)
            if hidden.version != self.hidden.version { hide(hidden.keys.subtracting(self.hidden.keys)) }
        }
        self.hidden = hidden
        progress = now
        weigh()
    }

    private func isTooMuch(_ rows: Int) -> Bool {
        guard let base else { return true }
        let joinedEvents = joined.reduce(0) { $0 + $1.shownEvents }
        return rows - recent.firstRow > max(smallTail, base.block.count / 8)
            || joinedEvents > max(10 * smallTail, base.block.count / 2)
    }

    private func makeBase(_ rows: Int, _ merges: [Merge]) throws(EventStoreError) {
        dropAll()
        people.add(merges)
        mergesKnown += merges.count
        let clustered = try Clustering(store: store, people: people, rows: 0..<rows, split: split).block()
        base = clustered
        baseHolding = Holding(account, bytes: clustered.size)
        recent = RecentEvents(firstRow: rows)
    }

    private func hide(_ keys: Set<UserKey>) {
        if keys.isEmpty { return }
        base?.block.hide(keys, people)
        for index in joined.indices { joined[index].hide(keys, people) }
        joined.removeAll { $0.shownEvents == 0 }
    }

    /// - Parameter hidden: is of whole people, so what arrived of one before they were deleted goes nowhere. Those who were
    ///   merged are put together in any case: they are hidden by the number that both have then.
    private func join(_ rows: Int, _ merges: [Merge], _ hidden: HiddenPeople) throws(EventStoreError) {
        guard let base else { return }
        var people = people
        people.add(merges)
        let known = recent.count
        try recent.extend(to: rows, from: store)
        var sources: [Int32: JoinedBlockBuilder.Sources] = [:]
        for merge in merges {
            for before in [merge.from.number, self.people.person(ofKey: merge.into.number)] {
                sources[people.person(ofKey: before), default: .init()].people.insert(before)
            }
        }
        for index in known..<recent.count where !hidden.contains(UserKey(recent.users[index])) {
            let person = people.person(ofKey: recent.users[index])
            sources[person, default: .init()].people.insert(person)
            sources[person]?.recent.append(Int32(index))
        }
        let (block, shownBefore): (JoinedBlock, [JoinedBlockBuilder.Shown])
        do throws(EventStoreError) {
            (block, shownBefore) = try JoinedBlockBuilder(base: base, joined: joined, recent: recent).block(
                sources,
                from: store
            )
        } catch {
            recent.shorten(to: known)
            throw error
        }
        // Nothing fails from here on, so all of it is seen or nothing.
        self.people = people
        mergesKnown += merges.count
        for shown in shownBefore {
            if let block = shown.block { joined[block].hide(shown.person) } else { self.base?.block.hide(shown.person) }
        }
        joined.removeAll { $0.shownEvents == 0 }
        if block.shownEvents > 0 { joined.append(block) }
        // Small ones are merged into larger ones, so that there are few and each event is copied seldom.
        while joined.count > 1, joined[joined.count - 1].shownEvents * 2 > joined[joined.count - 2].shownEvents {
            let last = joined.removeLast()
            let previous = joined.removeLast()
            joined.append(JoinedBlock(merging: previous, last, base, recent))
        }
    }

    // MARK: Columns

    private func load(_ property: PropertyReference) throws(EventStoreError) {
        guard var base else { return }
        var reader = readers.removeValue(forKey: property) ?? PropertyReader(property)
        do throws(EventStoreError) {
            try reader.update(from: store, to: progress.sequence, largest: dictionaryLimit)
            if base.block.columns[property] == nil {
                let segments = ArrivalSegment.all(of: 0..<recent.firstRow, split)
                try base.load(property, through: &reader, segments, from: store, dictionaryLimit: dictionaryLimit)
                self.base = base
            }
            try recent.load(property, through: &reader, from: store, dictionaryLimit: dictionaryLimit, split)
        } catch {
            drop(.property(property))
            throw error
        }
        for index in joined.indices { joined[index].gather(property, base, recent) }
        readers[property] = reader
        let bytes = (base.block.columns[property]?.size ?? 0) + reader.size
        hold(.property(property), bytes)
    }

    private func load(_ column: LongColumn) throws(EventStoreError) {
        guard var base else { return }
        if base.block.longs[column] == nil {
            try base.load(column, ArrivalSegment.all(of: 0..<recent.firstRow, split), from: store)
            self.base = base
        }
        try recent.load(column, from: store, split)
        for index in joined.indices { joined[index].gather(column, base, recent) }
        hold(.long(column), base.block.count * 8)
    }

    private func hold(_ column: Column, _ bytes: Int) {
        if let holding = columnHoldings[column] {
            holding.bytes = bytes
        } else {
            columnHoldings[column] = Holding(account, bytes: bytes)
        }
    }

    private func weigh() {
        baseHolding?.bytes = base?.size ?? 0
        recentHolding.bytes = recent.size + joined.reduce(0) { $0 + $1.size } + people.personByKey.count * 8
    }

    // MARK: The budget

    /// The most bytes that the distinct values of one property may take.
    var dictionaryLimit: Int { budget / 2 }

    /// What a base of so many events takes, people left aside.
    static func baseBytes(_ rows: Int) -> Int { rows * 10 }

    /// Drops what was not used for longest, until what is needed will fit. False if it will not.
    private func makeRoom(for needed: Set<Column>, _ now: StoreProgress) throws(EventStoreError) -> Bool {
        var missing = 0
        var kept = Self.baseBytes(now.rows)
        if base == nil { missing += Self.baseBytes(now.rows) }
        for column in needed {
            let bytes = columnHoldings[column]?.bytes ?? now.rows * column.bytesPerEvent
            kept += bytes
            if columnHoldings[column] == nil { missing += bytes }
        }
        guard kept <= budget, now.rows < Int(Int32.max) else { return false }
        let unneeded = columnHoldings.keys.filter { !needed.contains($0) }
            .sorted { lastUse[$0, default: 0] < lastUse[$1, default: 0] }
        for column in unneeded where account.bytes + missing > budget { drop(column) }
        return true
    }

    private func drop(_ column: Column) {
        columnHoldings[column] = nil
        switch column {
        case .property(let property):
            readers[property] = nil
            base?.block.columns[property] = nil
            recent.forget(property)
            for index in joined.indices { joined[index].forget(property) }
        case .long(let long):
            base?.block.longs[long] = nil
            recent.forget(long)
            for index in joined.indices { joined[index].forget(long) }
        }
    }

    /// Makes way for a new base, or for a question that goes by ranges of people.
    func dropAll() {
        base = nil
        baseHolding = nil
        joined = []
        columnHoldings = [:]
        readers = [:]
        recent = RecentEvents()
        weigh()
    }
}

extension ColumnStore.Column {
    /// Before it is known how many distinct values there are, and so how wide the codes will be: two bytes.
    var bytesPerEvent: Int {
        switch self {
        case .property: 2
        case .long: 8
        }
    }
}

extension EventBlock {
    /// This block with no other columns than these.
    fileprivate func only(_ wanted: Set<ColumnStore.Column>) -> EventBlock {
        var block = self
        block.columns = columns.filter { wanted.contains(.property($0.key)) }
        block.longs = longs.filter { wanted.contains(.long($0.key)) }
        return block
    }
}

/// The names that a query may use.
public struct KnownNames: Sendable {
    public var eventTypes: [Named<EventTypeID>]
    public var properties: Set<PropertyName>

    public init(eventTypes: [Named<EventTypeID>], properties: Set<PropertyName>) {
        self.eventTypes = eventTypes
        self.properties = properties
    }
}
