import Accounts
import ArgumentParser
import Foundation

struct SignIn: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-in",
        abstract: "Print a link to sign in with.",
        discussion: """
            It works once, within an hour, and those that were printed before do not any more. On a server that only this \
            machine reaches it signs in whoever opens it, without an account; else it makes an account, which may do \
            everything. Whoever can read the data folder needs no password.
            """
    )

    @OptionGroup var data: DataOptions

    func run() throws {
        let accounts = try data.accounts()
        defer { accounts.close() }
        let (_, secret) = try accounts.makeSignInLink(by: .command, at: .now)
        print(try accounts.address(secret))
    }
}

extension DataOptions {
    /// The accounts of a data folder that is there.
    func accounts() throws -> AccountStore {
        _ = try directory()
        return try AccountStore(dataFolder: try folder())
    }
}

extension AccountStore {
    /// The address that opens a link: that of the server which was started last.
    func address(_ secret: Secret) throws -> String {
        guard let base = try linkBase() else {
            throw Complaint(
                "The server was never started here, so nobody knows its address: start it with `antinode serve`."
            )
        }
        return base + secret.path
    }
}
