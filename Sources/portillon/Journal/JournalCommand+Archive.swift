import ArgumentParser
import Files
import Log
import Snapshots

extension JournalCommand {
    /// `portillon journal snapshot`.
    struct MakeSnapshot: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "snapshot",
            abstract: "Write a snapshot of the state at the journal's end.",
            discussion: """
                portillon journal snapshot /var/lib/portillon

                The next start of the gateway reads the snapshot and only the records behind it. A \
                running gateway writes snapshots by itself (limits.snapshot_records).
                """)

        @Argument(help: "A gateway's data folder.", completion: .directory)
        var folder: String

        func run() throws {
            try requireDataFolder(folder)
            let snapshots = SnapshotFolder(data: folder)
            let outcome: SnapshotFolder.Outcome
            do {
                outcome = try snapshots.make(skipped: reportSkipped)
            } catch {
                throw CommandFailure(.inputOutput, "\(folder): no snapshot written: \(error)")
            }
            switch outcome {
            case .written(let path, let lastSequence):
                try Output.standard.write(
                    listing([("snapshot", path), ("last record", "\(lastSequence)")]))
            case .nothingNew, .cancelled:
                try Output.standard.write("No snapshot written: there are no new records.\n")
            case .busy:
                throw CommandFailure(
                    .inputOutput,
                    "\(folder): another process writes a snapshot or archives; try again when it "
                        + "is done")
            }
        }
    }

    /// `portillon journal archive`.
    struct Archive: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "archive",
            abstract: "Move segments that a snapshot stands for to an archive.",
            discussion: """
                portillon journal archive /var/lib/portillon
                portillon journal archive /var/lib/portillon --to /mnt/archive

                Moves whole segments whose records all lie before every good snapshot, except the \
                two newest segments. The gateway may run meanwhile, and starts without them. \
                Keep the archive: "portillon journal verify", "journal print", "replay" and \
                "evidence verify" read it with --archive, and the gateway needs it in \
                FOLDER/archive to export an operation.
                """)

        @Argument(help: "A gateway's data folder.", completion: .directory)
        var folder: String
        @Option(
            parsing: .unconditional,
            help: .init("Where segments go (default: FOLDER/archive).", valueName: "folder"),
            completion: .directory)
        var to: String?

        func run() throws {
            try requireDataFolder(folder)
            let target = to ?? LogArchive.defaultPath(data: folder)
            let result: LogArchive.Result?
            do {
                result = try LogArchive(data: folder, to: target).moveSegments(
                    skipped: reportSkipped)
            } catch {
                throw CommandFailure(.inputOutput, "\(folder): \(error)")
            }
            guard let result else {
                throw CommandFailure(
                    .inputOutput,
                    "\(folder): no good snapshot; write one with \"portillon journal snapshot\"")
            }
            try Output.standard.write(
                listing([
                    ("archive", target), ("segments moved", "\(result.moved.count)"),
                    ("snapshot", result.snapshot), ("last record", "\(result.lastSequence)"),
                ]))
        }
    }
}

private func requireDataFolder(_ folder: String) throws(CommandFailure) {
    guard JournalFolder(folder).hasSegments else {
        throw CommandFailure(
            .inputOutput, "\(folder): no journal found; give a gateway's data folder")
    }
}

/// Says on standard error that a snapshot cannot be used.
private func reportSkipped(_ path: String, _ reason: String) {
    // A reader that is gone is no reason to stop.
    try? Output.error.write("portillon: skipped \(path): \(reason)\n")
}
