import ArgumentParser

/// `portillon backup`.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy a data folder, running or not, and verify the copy.",
        discussion: """
            portillon backup /var/lib/portillon /mnt/backup/portillon

            The first run copies everything, later ones only what is new. The copy is whole up to \
            a record that was stored after the command began; every byte of what was copied is \
            verified, and the last record and its chain value are printed: keep them elsewhere.

            Keys of operations that were reset or deleted are destroyed in the backup too. The \
            master key is never copied: keep it apart. To restore, copy the folder back, with the \
            master key, and start the gateway.

            Exit status: 0 whole and verified; 74 not, and the message says what is missing.
            """)

    @Argument(help: "The gateway's data folder.", completion: .directory)
    var data: String
    @Argument(help: "The folder of the backup; created if missing.", completion: .directory)
    var destination: String
    @Flag(help: "Leave out keys/: nobody can then read what participants gave from the backup.")
    var withoutKeys = false
    @Flag(help: "Copy exports/ too: personal data in clear.")
    var withExports = false
    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() throws {
        var backup = try StoreBackup(data, to: destination)
        let result = try backup.run(keys: !withoutKeys, exports: withExports)
        if json {
            try Output.standard.write(json: result)
        } else {
            try Output.standard.write(result.text)
        }
    }
}
