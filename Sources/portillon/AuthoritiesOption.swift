import ArgumentParser

/// The authorities that a server's certificate is judged by, as an option of a command.
struct AuthoritiesOption: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: .init(
            "The certificate authorities (PEM) to trust for https. Default: the system's.",
            valueName: "file"),
        completion: .file())
    var ca: String?
}
