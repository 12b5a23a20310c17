import ArgumentParser
import Cryptography
import Ledger
import Vault

/// `portillon vault`.
struct VaultCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vault",
        abstract: "Forget entries' data for good; the gateway must be stopped.",
        discussion: """
            portillon vault status --data /var/lib/portillon
            portillon vault forget --data /var/lib/portillon ete-2026 4711
            portillon vault forget --data /var/lib/portillon ete-2026 4711 9000-9999
            portillon vault forget --data /var/lib/portillon ete-2026 --all

            Each entry is sealed under a leaf of its own; `portillon journal print` shows it as \
            "leaf". What a forgotten leaf sealed cannot be read again, in no copy of the journal. \
            Copies of the folder "keys" made earlier can still read it: destroy them too.

            Exit status: 0 forgotten, now or before; 1 no such operation, or leaves that no entry \
            has yet; 64 usage; 74 a file, a disk, or a gateway that is running. After 74 ask \
            again: the leaves may be forgotten already.
            """,
        subcommands: [Status.self, Forget.self])

    struct Options: ParsableArguments {
        @Option(
            parsing: .unconditional, help: .init("The gateway's data folder.", valueName: "dir"),
            completion: .directory)
        var data: String
        @Option(
            parsing: .unconditional,
            help: .init(
                "The key that wraps the others; master.key in the data folder by default.",
                valueName: "file"),
            completion: .file())
        var masterKey: String?
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract: "Show which leaves have been given out, and what has been forgotten.")

        @OptionGroup var options: Options

        func run() throws {
            var folder = try StoppedFolder(options.data, masterKey: options.masterKey)
            var text = listing([("next leaf", "\(folder.vault.nextLeaf)")])
            for operation in folder.operations {
                let words = try folder.withVault { vault throws(KeyVaultError) -> String in
                    guard let secrets = try vault.load(operation.dataKeyID) else {
                        return "its key file is missing"
                    }
                    let forgotten = secrets.tree.forgottenLeaves(below: vault.nextLeaf)
                    return "\(forgotten) leaves forgotten, \(secrets.tree.nodeCount) nodes"
                }
                text += listing([(operation.id, words)])
            }
            try Output.standard.write(text)
        }
    }

    struct Forget: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "forget",
            abstract: "Forget entries of an operation for good, by their leaves.")

        @OptionGroup var options: Options
        @Argument(help: "The operation.") var operation: String
        @Argument(help: .init("Leaves: 4711, or 9000-9999.", valueName: "leaf"))
        var leaves: [LeafRange] = []
        @Flag(help: "All entries so far; the operation goes on with new ones.") var all = false

        func validate() throws {
            guard all == leaves.isEmpty else {
                throw ValidationError("give either leaves or --all")
            }
        }

        func run() throws {
            var folder = try StoppedFolder(options.data, masterKey: options.masterKey)
            guard let found = folder.operations.first(where: { $0.id == operation }) else {
                throw CommandFailure(.refused, "there is no operation \(operation)")
            }
            let ranges = all ? [0..<folder.vault.nextLeaf] : leaves.map(\.leaves)
            let forgotten = try folder.withVault { vault throws(KeyVaultError) in
                try vault.forget(ranges, of: found.dataKeyID)
            }
            guard let forgotten else {
                throw CommandFailure(
                    .inputOutput,
                    "\(options.data)/keys/\(found.dataKeyID).key: the key file of operation "
                        + "\(operation) is missing; restore it from a copy of the folder")
            }
            try Output.standard.write(
                "\(operation): \(forgotten) leaves forgotten that had not been before\n")
        }
    }
}

/// Leaves as they are given on the command line: one, or the first and the last.
struct LeafRange: ExpressibleByArgument {
    let leaves: Range<UInt64>

    init?(argument: String) {
        let parts = argument.split(separator: "-", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let first = UInt64(parts[0]),
            let last = UInt64(parts[parts.count - 1]), first <= last, last < KeyNode.leafCount
        else { return nil }
        leaves = first..<last + 1
    }
}
