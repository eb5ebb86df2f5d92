public import NIOCore

/// How long a client may keep a connection waiting. Source: Documentation/http.md H21.
public struct ConnectionLimits: Sendable {
    /// From the first byte of a request to the end of its head. A little below the half minute that is promised, so that
    /// whoever counts it sees the end within it.
    public var head = TimeAmount.seconds(29)
    /// Without a byte of a body that is waited for.
    public var bodyPause = TimeAmount.seconds(30)
    /// Without a request.
    public var idle = TimeAmount.seconds(75)
    /// Without a byte taken of an answer.
    public var answerPause = TimeAmount.seconds(60)

    /// After the last answer a connection is closed on the sending side alone: a client that still sends would otherwise
    /// get a reset instead of the answer. What comes is thrown away, until nothing has come for so long …
    public var lingerPause = TimeAmount.seconds(2)
    /// … or so long has gone by.
    public var linger = TimeAmount.seconds(30)

    /// After the server was told to stop: until the rest of a body must be there, …
    public var stopBody = TimeAmount.seconds(2)
    /// … an answer must be out, …
    public var stopAnswer = TimeAmount.seconds(6)
    /// … and a client must have taken the last one.
    public var stopLinger = TimeAmount.seconds(1)

    /// A request whose body has no more than so many bytes to come is read to its end although it was answered before, so
    /// that the connection can go on.
    public var readAfterAnswer = 64 << 10

    public init() {}
}
