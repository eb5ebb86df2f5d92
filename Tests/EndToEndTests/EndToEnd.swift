import Testing

/// Tests of the real server, in a process of its own, through the doors that its users have: commands and HTTP.
///
/// One after the other, as each keeps a server busy.
@Suite("End to end", .serialized, .timeLimit(.minutes(2 + Faults.kills / 10 + HostileClients.minutes)))
enum EndToEnd {}
