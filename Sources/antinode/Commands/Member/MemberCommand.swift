import Accounts
import ArgumentParser
import EventModel
import ProjectStore

struct MemberCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member",
        abstract: "Look at who may sign in, and change it.",
        subcommands: [List.self, Invite.self, Grant.self, Revoke.self, ResetPassword.self, Remove.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all accounts and their roles.")

        @OptionGroup var data: DataOptions

        func run() throws {
            let projects = try data.directory().all()
            let accounts = try data.accounts()
            defer { accounts.close() }
            let all = try accounts.accounts()
            if all.isEmpty { return print("There is no account yet. `antinode sign-in` prints a link to make one.") }
            var table = Table("E-MAIL", "ROLE", "PROJECT")
            for account in all {
                if account.isPlatform { table.add(account.email.text, Role.platform.word, "all") }
                let memberships = try accounts.memberships(of: account.id).compactMap { membership in
                    projects.first { $0.id == membership.workspace }.map { (membership.role, $0.name) }
                }
                for (role, name) in memberships { table.add(account.email.text, role.word, name) }
                if memberships.isEmpty, !account.isPlatform { table.add(account.email.text, "none", "") }
            }
            print(table.text)
        }
    }

    struct Invite: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a link that makes somebody a member of a project.",
            discussion: "Give it to them: it works once, for a week."
        )

        @Argument(help: "Their e-mail address.", transform: EmailAddress.init(typed:))
        var email: EmailAddress

        @Option(name: .long, help: "The project's name or id. (default: the first)")
        var project: String?

        @Option(name: .long, help: "viewer, editor or admin.", transform: Role.init(typed:))
        var role = Role.viewer

        @OptionGroup var data: DataOptions

        func validate() throws {
            if role == .platform {
                throw ValidationError("Nobody is invited as platform: invite them as admin, then grant it.")
            }
        }

        func run() throws {
            let project = try data.project(orFirst: project)
            let accounts = try data.accounts()
            defer { accounts.close() }
            let (_, secret) = try accounts.invite(
                email,
                to: project.id,
                as: role,
                giver: .platform,
                by: .command,
                at: .now
            )
            print(try accounts.address(secret))
        }
    }

    struct Grant: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give an account a role.",
            discussion: "viewer, editor and admin are roles in a project; platform may do everything in all of them."
        )

        @Argument(help: "The account's e-mail address.", transform: EmailAddress.init(typed:))
        var email: EmailAddress

        @Argument(help: "viewer, editor, admin or platform.", transform: Role.init(typed:))
        var role: Role

        @Option(name: .long, help: "The project's name or id. (default: the first)")
        var project: String?

        @OptionGroup var data: DataOptions

        func validate() throws {
            if role == .platform, project != nil {
                throw ValidationError("platform is a role in all projects: leave out --project.")
            }
        }

        func run() throws {
            let accounts = try data.accounts()
            defer { accounts.close() }
            let account = try accounts.known(email)
            if role == .platform {
                try accounts.setPlatform(true, account.id, by: .command, at: .now)
                print("\(email) may do everything now.")
            } else {
                let project = try data.project(orFirst: project)
                try accounts.grant(role, in: project.id, to: account.id, by: .command, at: .now)
                print("\(email) is \(role.name) of \(project.name.shown()) now.")
            }
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take platform from an account.",
            discussion: "Its roles in projects stay."
        )

        @Argument(help: "The account's e-mail address.", transform: EmailAddress.init(typed:))
        var email: EmailAddress

        @OptionGroup var data: DataOptions

        func run() throws {
            let accounts = try data.accounts()
            defer { accounts.close() }
            let account = try accounts.known(email)
            guard account.isPlatform else { throw Complaint("\(email) is not platform.") }
            try accounts.setPlatform(false, account.id, by: .command, at: .now)
            print("\(email) may do no more than its roles in projects say now.")
        }
    }

    struct ResetPassword: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a link with which somebody sets their password anew.",
            discussion: "Give it to them: it works once, for a day."
        )

        @Argument(help: "The account's e-mail address.", transform: EmailAddress.init(typed:))
        var email: EmailAddress

        @OptionGroup var data: DataOptions

        func run() throws {
            let accounts = try data.accounts()
            defer { accounts.close() }
            let account = try accounts.known(email)
            let (_, secret) = try accounts.makeResetLink(
                for: account.id,
                in: nil,
                as: .platform,
                by: .command,
                at: .now
            )
            print(try accounts.address(secret))
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take an account's part in a project, or the whole account.",
            discussion: "Its sessions and keys open nothing any more."
        )

        @Argument(help: "The account's e-mail address.", transform: EmailAddress.init(typed:))
        var email: EmailAddress

        @Option(name: .long, help: "The project's name or id; the whole account goes if left out.")
        var project: String?

        @OptionGroup var data: DataOptions

        func run() throws {
            let accounts = try data.accounts()
            defer { accounts.close() }
            let account = try accounts.known(email)
            guard let project else {
                try accounts.removeAccount(account, by: .command, at: .now)
                return print("\(email) has no account any more.")
            }
            let found = try data.project(project)
            try accounts.remove(account.id, from: found.id, as: .platform, by: .command, at: .now)
            print("\(email) is no member of \(found.name.shown()) any more.")
        }
    }
}

extension DataOptions {
    fileprivate func project(orFirst name: String?) throws -> Project {
        if let name { return try project(name) }
        guard let first = try directory().all().first else {
            throw Complaint("There is no project yet: make one with `antinode project create`.")
        }
        return first
    }
}

extension AccountStore {
    fileprivate func known(_ email: EmailAddress) throws -> Account {
        guard let account = try account(email) else {
            throw Complaint(
                "Nobody has an account with \(email). `antinode member invite \(email)` prints a link for one."
            )
        }
        return account
    }
}

extension EmailAddress {
    fileprivate init(typed text: String) throws {
        guard let email = EmailAddress(text) else {
            throw ValidationError("\(text.shown()) is no e-mail address, such as ann@example.com.")
        }
        self = email
    }
}

extension Role {
    fileprivate init(typed text: String) throws {
        guard let role = Role(word: text) else {
            throw ValidationError("The role must be viewer, editor, admin or platform; it is \(text.shown()).")
        }
        self = role
    }
}
