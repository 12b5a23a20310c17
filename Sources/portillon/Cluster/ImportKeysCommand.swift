import ArgumentParser
import Cluster
import Vault

/// `portillon cluster import-keys`.
struct ImportKeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import-keys",
        abstract: "Bring a single gateway's keys into the etcd of a cluster that has not started.",
        discussion: """
            portillon cluster import-keys --data /var/lib/portillon \
            http://10.0.0.1:2379,http://10.0.0.2:2379,http://10.0.0.3:2379

            The gateway of the folder must be stopped. Its operations' keys and webhooks' secrets \
            go to etcd as they are, wrapped by its master key, which each node of the cluster \
            must be given. Nothing in etcd is replaced; an import that was interrupted is \
            repeated. Afterwards remove the folder "keys" here: what the cluster forgets, it \
            still opens.

            Exit status: 0 imported; 1 the cluster has started, or has keys of its own; 64 usage; \
            74 a file, etcd, or a gateway that is running; 78 a file of certificates.
            """)

    @OptionGroup var options: VaultCommand.Options
    @OptionGroup var files: EtcdFiles
    @Argument(
        help: .init(
            "The clients' URL of each member of etcd, with commas between them.",
            valueName: "urls"))
    var urls: String

    func run() throws {
        let bases = try ClusterCommand.Check.bases(urls)
        let trust = try files.etcdTrust(for: bases)
        let log = EtcdLog(bases.map(ClusterCheck.endpoint), trust)
        let imported = try importKeys(into: ClusterKeys(log, as: .founder))
        try Output.standard.write(
            listing([
                ("operations' keys", "\(imported.operations)"),
                ("webhooks' secrets", "\(imported.webhooks)"),
            ])
                + "Give each node \(masterKey) as its master key, then remove "
                + "\(options.data)/keys: what the cluster forgets, it still opens.\n")
    }

    private var masterKey: String { options.masterKey ?? options.data + "/master.key" }

    private func importKeys(
        into space: some KeySpace
    ) throws(CommandFailure) -> KeyVault.Imported {
        var folder = try StoppedFolder(options.data, masterKey: options.masterKey)
        // Drawn: a folder that goes on by mistake hardly meets the cluster's leaves.
        let leftOut = UInt64.random(in: 1 << 24...1 << 32)
        return try folder.withVault { vault throws(KeyVaultError) in
            try vault.copyAll(into: space, masterKeyPath: masterKey, leavingOut: leftOut)
        }
    }
}
