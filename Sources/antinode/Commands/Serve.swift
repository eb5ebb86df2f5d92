import Accounts
import AmplitudeAPI
import ArgumentParser
import ColumnEngine
import DuckDBStore
import EventModel
import Foundation
import HTTPConnections
import HTTPEdge
import Hummingbird
import Ingestion
import Logging
import Metrics
import MetricsAPI
import NIOCore
import OperationsAPI
import ProjectHosting
import ProjectStore
import PrometheusMetrics
import SystemPackage
import UnixSignals

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the server.",
        discussion: """
            Each setting can also be given in the environment (ANTINODE_HOST, ANTINODE_PORT, ANTINODE_DATA_DIR, \
            ANTINODE_TIME_ZONE, ANTINODE_GEOIP, ANTINODE_LOG_LEVEL, ANTINODE_LOG_FORMAT, ANTINODE_COLUMN_MEMORY, \
            ANTINODE_TRUSTED_PROXIES, ANTINODE_PUBLIC_URL, ANTINODE_DELETION_GRACE) or in the settings file (host, port, dataDir, timeZone, \
            geoip, logLevel, logFormat, columnMemory, trustedProxies, publicUrl, deletionGrace), and so can each limit \
            (ANTINODE_EVENTS_PER_SECOND, eventsPerSecond; ANTINODE_QUERY_LIMITS, queryLimits). The command line is \
            strongest, the file weakest. Ctrl-C, a closed terminal and SIGTERM finish what was begun, and stop.
            """
    )

    @Option(name: .long, help: "Address to listen on; 0.0.0.0 is every one. (default: 127.0.0.1)")
    var host: String?

    @Option(name: .long, help: "Port to listen on; 0 takes any free one. (default: 8080)")
    var port: Int?

    @OptionGroup var data: DataOptions

    @Option(
        name: .long,
        help: "The time zone of the first project, if it is made now, such as Europe/Berlin. (default: UTC)"
    )
    var timeZone: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A file of places, such as GeoLite2-City.mmdb: events without a place get that of their IP address."
                + " Put a newer one in its place with mv, then restart. (default: none)",
            valueName: "file"
        )
    )
    var geoip: String?

    @Option(name: .long, help: "trace, debug, info, notice, warning, error or critical. (default: info)")
    var logLevel: String?

    @Option(name: .long, help: "text, or json: an object a line, for programs that gather logs. (default: text)")
    var logFormat: String?

    @Option(
        name: .long,
        help: "Megabytes of memory for each project's columns. (default: a quarter of the machine's)"
    )
    var columnMemory: Int?

    @Flag(
        inversion: .prefixedNo,
        help: "Refuse queries beyond Amplitude's limits with its 429, to test that clients keep to them. (default: no)"
    )
    var queryLimits: Bool?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Addresses of proxies in front of the server, such as 10.0.0.0/8: what they say of a request's sender in"
                + " X-Forwarded-For or Forwarded is believed. Can be given several times. (default: none)",
            valueName: "addresses"
        )
    )
    var trustedProxies: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where people reach the server, such as https://stats.example.com: links begin with it, and browsers stay signed"
                + " in there. (default: where it listens)",
            valueName: "address"
        )
    )
    var publicUrl: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How long a deletion of a person can be cancelled, such as 30m, 24h or 7d; 0 for not at all. They are hidden"
                + " at once; when it is over they are taken out of the files. (default: 24h)",
            valueName: "time"
        )
    )
    var deletionGrace: String?

    @OptionGroup(title: "Limits") var limits: LimitOptions

    /// Here, because what is wrong is then shown with the usage of this command.
    func validate() throws {
        _ = try ServerSettings(self)
    }

    func run() async throws {
        MemorySettings.apply()
        let descriptors = Descriptors.raiseLimit()
        let settings = try ServerSettings(self)
        settings.logFormat.bootstrap()
        var logger = Logger(label: "antinode")
        logger.logLevel = settings.logLevel

        let registry = PrometheusRegistry(descriptions: ServerFigures.descriptions)
        MetricsSystem.bootstrap(registry)

        let enrichment = try Enrichment(places: settings.geoIP, logger)
        let directory = try ProjectDirectory(dataFolder: settings.dataFolder)
        let lock = try DataFolderLock(settings.dataFolder)
        let isFirstStart = try directory.all().isEmpty
        let first = try directory.defaultProject(name: "default", timeZone: settings.timeZone ?? .utc)
        if let zone = settings.timeZone, zone != first.timeZone {
            logger.notice(
                "the first project was there before and keeps its time zone; `antinode project time-zone` changes it",
                metadata: ["project": "\(first.name.shown())", "time zone": "\(first.timeZone.name)"]
            )
        }
        let disk = DiskSpace(settings.dataFolder)
        var hosting = HostingSettings(logger)
        hosting.columnMemory = settings.columnMemory
        hosting.queryLimits = settings.queryLimits ? QueryLimitRules() : nil
        hosting.rates = settings.limits.rates
        hosting.deletionGrace = settings.deletionGrace
        hosting.refusals = RefusalSummary(logger)
        hosting.forgetFigures = { registry.forget("project", $0) }
        let house = try ProjectHouse(directory, disk: disk, settings: hosting)
        try DuckDBEventStore.loadLibrary()
        logger.info("DuckDB is loaded", metadata: ["version": "\(DuckDBEventStore.libraryVersion)"])
        try await house.openFirst(first)
        let accounts = try AccountStore(dataFolder: settings.dataFolder)
        Task { await house.watch() }

        let router = Router(context: ServerRequestContext.self)
        router.add(middleware: MetricsMiddleware())
        let operations = Family.operations(
            version: ServerVersion.number,
            health: {
                let found = await house.health()
                return Health(problem: found.problem, warnings: found.warnings, freeBytes: disk.freeBytes)
            },
            metrics: { registry.text(with: ServerFigures(disk: disk, projects: await house.figures).all) }
        )
        let accountService = try await AccountService(
            accounts,
            passwords: PasswordQueue(),
            place: ServerPlace(
                listeningOn: settings.host,
                hasProxies: settings.proxies != .none,
                publicURL: settings.publicURL
            ),
            now: { .now }
        )
        let api = API(
            house,
            families: Family.amplitude(limits: settings.limits.requests, enrichment: enrichment) + [
                .metrics, operations,
            ],
            proxies: settings.proxies,
            accounts: accountService
        )
        let connections = Connections(
            bytes: settings.limits.requestMemory,
            connections: Descriptors.connections(limit: descriptors, memory: MachineMemory.bytes),
            proxies: settings.proxies,
            logger: logger,
            answer: api.answer
        )
        api.add(to: router, gate: BodyGate(connections))
        let app = Application(
            router: router,
            server: .guarded(by: connections) { [HangUpHandler()] },
            configuration: .init(address: .hostname(settings.host, port: settings.port), serverName: "antinode"),
            onServerRunning: { [logger] channel in
                let port = channel.localAddress?.port ?? settings.port
                let address = Self.address(settings.host, port)
                lock.publish(address)
                let signInLink = Self.signInLink(accounts, base: settings.publicURL?.text ?? address, logger)
                channel.pipeline.addHandler(AcceptFailureHandler(connections), position: .first).whenFailure { error in
                    logger.error("failures to accept connections go unnoticed", metadata: ["error": "\(error)"])
                }
                // The first thing that happens when the server is told to stop.
                channel.closeFuture.whenComplete { _ in StopDeadline.begin(logger) }
                let welcome = Welcome(
                    project: first,
                    address: address,
                    dataFolder: settings.dataFolder,
                    showsSecret: isFirstStart && Self.isSeen,
                    signInLink: signInLink,
                    now: .now
                )
                say(welcome.text)
            },
            logger: logger
        )
        do {
            try await app.runService(gracefulShutdownSignals: Self.stopSignals)
        } catch let error as IOError {
            await house.close()
            accounts.close()
            throw Complaint(Self.sentence(of: error, settings))
        } catch is SocketAddressError.UnknownHost {
            await house.close()
            accounts.close()
            throw Complaint(
                "The server cannot listen on \(settings.host), as nothing is known by that name. Name an address of this"
                    + " machine with --host, such as 127.0.0.1, or 0.0.0.0 for every one."
            )
        } catch {
            await house.close()
            accounts.close()
            throw error
        }
        await house.close()
        accounts.close()
        say(StopDeadline.stopped)
    }
}

extension Serve {
    /// As a URL writes it: the colons of an IPv6 address stand in brackets.
    fileprivate static func address(_ host: String, _ port: Int) -> String {
        host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
    }

    /// Whether a person sees what is printed, and no log keeps it.
    fileprivate static var isSeen: Bool { isatty(FileHandle.standardOutput.fileDescriptor) == 1 }

    /// The link with which whoever runs the server signs in; `nil` if somebody has an account, or nobody would see it.
    ///
    /// - Parameter base: what links begin with from now on.
    fileprivate static func signInLink(_ accounts: AccountStore, base: String, _ logger: Logger) -> String? {
        do throws(AccountError) {
            try accounts.setLinkBase(base)
            guard isSeen, try !accounts.hasAccounts() else { return nil }
            return base + (try accounts.makeSignInLink(by: .command, at: .now).1.path)
        } catch {
            logger.error("no link to sign in with can be made", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private static func sentence(of error: IOError, _ settings: ServerSettings) -> String {
        let reason = Errno(rawValue: error.errnoCode).description
        let advice =
            switch error.errnoCode {
            case EADDRINUSE: "Choose another one with --port, or --port 0 for any that is free."
            case EACCES: "Ports below 1024 are the administrator's: choose another one with --port, such as 8080."
            case EADDRNOTAVAIL: "That address is not this machine's: choose another one with --host."
            default: "Choose another one with --port, or another address with --host."
            }
        return "The server cannot listen on port \(settings.port) of \(settings.host): \(reason). \(advice)"
    }

    /// Each finishes what was begun. A server that was started with `nohup` outlives its terminal: it inherits that
    /// SIGHUP is ignored.
    private static var stopSignals: [UnixSignal] {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let ignored = status.firstMatch(of: /SigIgn:\s*([0-9a-f]+)/).flatMap { UInt64($0.1, radix: 16) } ?? 0
        return ignored & 1 << (SIGHUP - 1) != 0 ? [.sigterm, .sigint] : [.sigterm, .sigint, .sighup]
    }
}

extension Timestamp {
    /// The server's clock.
    static var now: Timestamp {
        Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }
}
