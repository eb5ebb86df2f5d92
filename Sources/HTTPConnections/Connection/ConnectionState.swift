import NIOCore
import NIOHTTP1

/// What is under way on one connection, when that has taken too long, and what is then to be done. Knows no socket and
/// no clock.
struct ConnectionState {
    enum Phase: Equatable {
        case open
        /// The last answer is on its way to the client. What that still sends is thrown away.
        case finishing
        /// The sending side is closed; the client has the time to read the last answer.
        case lingering(since: NIODeadline)
        case closed
    }

    /// What is to be done with a refusal.
    enum Refusing: Equatable {
        /// Answer now, then close.
        case answer(path: String?, isHead: Bool)
        /// Earlier requests are answered first.
        case later
        /// Nothing can be said any more.
        case close
    }

    /// What is to be done once an answer is out.
    enum Answered: Equatable {
        case goOn
        /// It was the last.
        case finish
        /// It was the last before a request that is refused.
        case refuse(ConnectionRefusal, path: String?, isHead: Bool)
    }

    /// What is to be done when the time is up.
    enum Expired: Equatable {
        case nothing, close
        case refuse(ConnectionRefusal)
    }

    let limits: ConnectionLimits
    private(set) var phase = Phase.open
    /// The oldest first: that is the one being answered.
    private(set) var exchanges = CircularBuffer<Exchange>()
    /// A request's body is coming in.
    private(set) var isReading = false
    private var start = RequestStart()

    /// Since when a head has been coming in.
    private var headSince: NIODeadline?
    private var idleSince: NIODeadline
    private var lastByte: NIODeadline
    /// Since when the server has been waiting for bytes; `nil` while it takes none because it is busy.
    private var readSince: NIODeadline?
    /// Since when the client has taken nothing of an answer.
    private var stalledSince: NIODeadline?
    private var stoppingSince: NIODeadline?
    /// What is answered when the requests before it are.
    private var refusal: (why: ConnectionRefusal, path: String?, isHead: Bool)?
    private var count = 0

    init(_ limits: ConnectionLimits, now: NIODeadline) {
        self.limits = limits
        idleSince = now
        lastByte = now
    }

    /// Whether what comes in is passed on: not after a refusal, nor after the last answer.
    var isListening: Bool { phase == .open && refusal == nil }
    /// Whether the end is a matter of the client's reading its last answer.
    var isEnding: Bool { phase != .open && phase != .closed }
    var isStopping: Bool { stoppingSince != nil }
    /// Nothing was asked that is not answered.
    var isIdle: Bool { exchanges.isEmpty && !isReading }
    /// The number of the request whose body is coming in and counts; `nil` if there is none, or it was answered before.
    var readingNumber: Int? { isReading ? exchanges.last.flatMap { $0.isRead ? nil : $0.number } : nil }

    // MARK: What comes in

    /// Bytes have come that are not parsed yet.
    mutating func bytesCame(_ bytes: some Collection<UInt8>, now: NIODeadline) {
        lastByte = now
        guard phase == .open, !isReading else { return }
        start.append(bytes)
        if !start.isEmpty, headSince == nil { headSince = now }
    }

    /// All that has come is parsed; the server has not asked for more yet.
    mutating func readEnded() { readSince = nil }

    mutating func readBegan(now: NIODeadline) {
        if readSince == nil { readSince = now }
    }

    mutating func headCame(_ head: HTTPRequestHead) {
        exchanges.append(Exchange(head, number: count))
        count += 1
        isReading = true
        headSince = nil
        start.clear()
    }

    mutating func bodyCame(_ bytes: Int) {
        guard let index = readingIndex else { return }
        exchanges[index].awaitsContinue = false
        exchanges[index].missing = exchanges[index].missing.map { $0 - bytes }
    }

    mutating func endCame(now: NIODeadline) {
        if let index = readingIndex { exchanges[index].isRead = true }
        isReading = false
        if exchanges.isEmpty { idleSince = now }
    }

    private var readingIndex: CircularBuffer<Exchange>.Index? {
        guard readingNumber != nil else { return nil }
        return exchanges.index(before: exchanges.endIndex)
    }

    // MARK: What goes out

    /// Whether the client may be told to send its body: asked for by whoever wants to read it.
    mutating func mayContinue() -> Bool {
        guard isListening, let first = exchanges.first, first.awaitsContinue, !first.isAnswerBegun else { return false }
        exchanges[exchanges.startIndex].awaitsContinue = false
        return true
    }

    /// Gives an answer's head what the connection has to say.
    ///
    /// - Returns: `false` if there is no request that it could answer.
    mutating func answerBegins(_ head: inout HTTPResponseHead) -> Bool {
        guard phase == .open, let first = exchanges.first, !first.isAnswerBegun else { return false }
        var isLast = isStopping || !first.keepsAlive || first.isFarFromRead(limits) || !head.isKeepAlive
        if first.isOld, !first.isHead, head.status.mayHaveResponseBody, !head.headers.contains(name: "Content-Length") {
            // It knows no chunks: the end of the connection is the end of the answer.
            head.version = .http1_0
            isLast = true
        }
        head.headers.remove(name: "Connection")
        if isLast {
            head.headers.add(name: "Connection", value: "close")
        } else if first.isOld {
            head.headers.add(name: "Connection", value: "keep-alive")
        }
        exchanges[exchanges.startIndex].isAnswerBegun = true
        exchanges[exchanges.startIndex].isLast = isLast
        return true
    }

    /// The request of which an answer is being written; `nil` if nothing that is written would be read.
    var answering: Exchange? {
        guard phase == .open, let first = exchanges.first, first.isAnswerBegun else { return nil }
        return first
    }

    mutating func answerEnded(now: NIODeadline) -> Answered {
        stalledSince = nil
        guard let exchange = exchanges.popFirst() else { return .goOn }
        if exchange.isLast {
            phase = .finishing
            return .finish
        }
        let isRefusedNext = exchanges.isEmpty || exchanges.count == 1 && !exchanges[exchanges.startIndex].isRead
        if let refusal, isRefusedNext { return .refuse(refusal.why, path: refusal.path, isHead: refusal.isHead) }
        if isIdle {
            idleSince = now
            // A head that lay about while the server was busy has its time from now on.
            if headSince != nil { headSince = now }
        }
        return .goOn
    }

    /// The client's side is full, or takes bytes again.
    mutating func writability(_ isWritable: Bool, now: NIODeadline) {
        stalledSince = isWritable ? nil : now
    }

    /// The client took some of an answer.
    mutating func wroteSome(now: NIODeadline) {
        if stalledSince != nil { stalledSince = now }
    }

    // MARK: Refusals and the end

    /// The request that is coming in cannot be answered by anybody else.
    mutating func refuse(_ why: ConnectionRefusal) -> Refusing {
        guard isListening else { return .later }
        let reading = readingIndex.map { exchanges[$0] }
        if reading?.isAnswerBegun == true || isReading && reading == nil { return .close }
        let isFirstLine = why == .requestLine || why == .notPlain || why == .version || why == .addressTooLong
        var path = reading?.path ?? start.path
        // The parser does not know the path; but whoever asks below /api/v1 expects that family's words.
        if isFirstLine, path?.hasPrefix("/api/v1") != true { path = nil }
        let isHead = reading?.isHead ?? start.isHead
        let earlier = exchanges.count - (reading == nil ? 0 : 1)
        refusal = (why, path, isHead)
        return earlier > 0 ? .later : .answer(path: path, isHead: isHead)
    }

    /// What could not be read of the request that is coming in; `nil` if that is its body.
    var unreadStart: RequestStart? { isReading ? nil : start }

    /// A refusal is being written, after which nothing comes.
    mutating func finish() {
        if phase == .open { phase = .finishing }
    }

    /// The last answer is out.
    mutating func linger(now: NIODeadline) {
        stalledSince = nil
        if phase == .finishing { phase = .lingering(since: now) }
    }

    mutating func close() { phase = .closed }

    /// The server is being stopped: what was asked is answered, nothing else.
    mutating func stop(now: NIODeadline) {
        if stoppingSince == nil { stoppingSince = now }
    }

    // MARK: Time

    /// When ``expired(now:)`` is worth asking; `nil` while only the server is waited for.
    var deadline: NIODeadline? {
        switch phase {
        case .closed: nil
        case .lingering(let since):
            if let stoppingSince {
                max(since, stoppingSince) + limits.stopLinger
            } else {
                min(since + limits.linger, max(lastByte, since) + limits.lingerPause)
            }
        case .finishing: [stallDeadline, stopDeadline].compactMap(\.self).min()
        case .open: [stallDeadline, bodyDeadline, idleDeadline, stopDeadline].compactMap(\.self).min()
        }
    }

    private var stallDeadline: NIODeadline? { stalledSince.map { $0 + limits.answerPause } }

    private var bodyDeadline: NIODeadline? {
        guard isReading, refusal == nil else { return nil }
        let pause = readSince.map { max($0, lastByte) + limits.bodyPause }
        return [pause, stoppingSince.map { $0 + limits.stopBody }].compactMap(\.self).min()
    }

    private var idleDeadline: NIODeadline? {
        guard isIdle else { return nil }
        return headSince.map { $0 + limits.head } ?? (idleSince + limits.idle)
    }

    private var stopDeadline: NIODeadline? {
        guard let stoppingSince, !exchanges.isEmpty || phase == .finishing else { return nil }
        return stoppingSince + limits.stopAnswer
    }

    func expired(now: NIODeadline) -> Expired {
        guard let deadline, now >= deadline else { return .nothing }
        guard phase == .open else { return .close }
        if let bodyDeadline, now >= bodyDeadline { return .refuse(isStopping ? .stopping : .slowBody) }
        if isIdle, headSince != nil { return .refuse(.slowHead) }
        return .close
    }
}
