import Foundation
import NIOCore
import NIOPosix
import Testing

/// A proxy that speaks https:// in front of a server, set up as Documentation/behind-a-proxy.md says.
struct ProxyProcess {
    /// The proxies that the page has examples for.
    enum Kind: String, CaseIterable { case nginx, caddy }

    /// The name in the page's examples, for which there is a certificate that a test has signed itself.
    static let name = "analytics.example.com"

    let port: Int
    let folder: TestFolder
    private let process: ChildProcess

    /// Returns when it listens.
    static func start(_ kind: Kind, in folder: TestFolder, before server: ServerProcess) async throws -> ProxyProcess {
        let made = try await folder.bash(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=\(name)"
                + " -addext subjectAltName=DNS:\(name) -keyout proxy.key -out proxy.pem"
        )
        try #require(made.status == 0, "\(made)")
        let port = try await freePort()
        let settings = folder.url.appending(path: "proxy.conf")
        let path = folder.url.path
        let example = try replacing(
            ["127.0.0.1:8080": server.address.replacing("http://", with: "")],
            in: behindAProxy(kind == .nginx ? "nginx" : "caddyfile")
        )
        let arguments: [String]
        switch kind {
        case .nginx:
            let server = try replacing(
                [
                    "listen 443 ssl": "listen 127.0.0.1:\(port) ssl",
                    "/etc/ssl/certs/\(name).pem": "\(path)/proxy.pem",
                    "/etc/ssl/private/\(name).key": "\(path)/proxy.key",
                ],
                in: example
            )
            let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(path)/\($0);" }
            try """
            daemon off;
            master_process off;
            pid \(path)/nginx.pid;
            events {}
            http {
            access_log off;
            \(folders.joined(separator: "\n"))
            \(server)
            }
            """.write(to: settings, atomically: true, encoding: .utf8)
            arguments = ["-p", path, "-c", settings.path, "-e", "stderr"]
        case .caddy:
            let site = try replacing(
                ["\(name) {": "\(name):\(port) {\nbind 127.0.0.1\ntls \(path)/proxy.pem \(path)/proxy.key"],
                in: example
            )
            try "{\nadmin off\nauto_https disable_redirects\n}\n\(site)".write(
                to: settings,
                atomically: true,
                encoding: .utf8
            )
            arguments = ["run", "--config", settings.path, "--adapter", "caddyfile"]
        }
        let process = try ChildProcess(
            #require(Tools.proxy(kind.rawValue)),
            arguments,
            in: folder.url,
            environment: ["HOME": path, "XDG_DATA_HOME": path, "XDG_CONFIG_HOME": path]
        )
        let proxy = ProxyProcess(port: port, folder: folder, process: process)
        try await proxy.waitUntilItListens()
        return proxy
    }

    /// The only block of that language on the page.
    static func behindAProxy(_ language: String) throws -> String {
        let page = try String(
            contentsOf: Tools.package.appending(path: "Documentation/behind-a-proxy.md"),
            encoding: .utf8
        )
        let parts = page.components(separatedBy: "```\(language)\n")
        try #require(parts.count == 2, "one block of \(language)")
        return parts[1].components(separatedBy: "```")[0]
    }

    /// - Parameter header: one more.
    func curl(_ path: String, _ options: String = "") async throws -> (status: Int, body: String) {
        // Another address of this machine than the one from which the proxy asks.
        let finished = try await folder.bash(
            "curl -sS --interface 127.0.0.2 --cacert proxy.pem --resolve \(Self.name):\(port):127.0.0.1 --max-time 30"
                + " -w '\\n%{http_code}' \(options) https://\(Self.name):\(port)\(path)"
        )
        let lines = finished.output.split(separator: "\n", omittingEmptySubsequences: false)
        let status = try #require(lines.last.flatMap { Int($0) }, "\(finished) \(process.errors.text)")
        return (status, lines.dropLast().joined(separator: "\n"))
    }

    func stop() async throws {
        // Other signals are blocked, as Foundation has its children inherit that, and a proxy has nothing to lose.
        process.send(SIGKILL)
        _ = try await process.finish()
    }

    private func waitUntilItListens() async throws {
        for _ in 1...400 {
            if let connection = try? await RawConnection.open("https://127.0.0.1:\(port)") {
                return await connection.close()
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw ServerProcess.Failed(description: "The proxy did not start:\n\(process.errors.text)")
    }

    private static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(channel.localAddress?.port)
        try await channel.close()
        return port
    }

    /// What is replaced must be there: else the example has changed, and the test has to.
    private static func replacing(_ replacements: [String: String], in text: String) throws -> String {
        try replacements.reduce(text) { text, replacement in
            try #require(text.contains(replacement.key), "the example has no \(replacement.key)")
            return text.replacing(replacement.key, with: replacement.value)
        }
    }
}
