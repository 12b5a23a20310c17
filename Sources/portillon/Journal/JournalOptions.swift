import ArgumentParser

/// Which journal a command reads: its folder, and where its older segments are.
struct JournalOptions: ParsableArguments {
    @Argument(help: "A data folder or its journal folder.", completion: .directory)
    var folder: String
    @Option(
        parsing: .unconditional,
        help: .init(
            "Read the archived segments in this folder and the journal as one chain.",
            valueName: "folder"),
        completion: .directory)
    var archive: String?

    var journal: JournalFolder { JournalFolder(folder, archive: archive) }
}
