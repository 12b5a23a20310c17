import Gateway
import Sockets

extension Setting {
    /// The listeners' TLS files; without them they speak plain HTTP.
    static var tls: [Setting] {
        [
            Setting(key: "tls.certificate", kind: .paths, defaultValue: ""),
            Setting(key: "tls.key", kind: .paths, defaultValue: ""),
            Setting(key: "admin.tls.certificate", kind: .paths, defaultValue: ""),
            Setting(key: "admin.tls.key", kind: .paths, defaultValue: ""),
            Setting(key: "admin.tls.client_ca", kind: .paths, defaultValue: ""),
        ]
    }
}

extension Configuration {
    /// The public listener's TLS files; nil for plain HTTP.
    /// - Throws: ``CommandFailure`` 78 if certificates and keys do not match in number.
    func tls() throws(CommandFailure) -> TLSFiles? {
        try files("tls", clientAuthorities: nil)
    }

    /// The same for the admin listener.
    func adminTLS() throws(CommandFailure) -> TLSFiles? {
        let authorities = Setting.paths(text("admin.tls.client_ca"))
        guard authorities.count <= 1 else {
            throw CommandFailure(
                .configuration,
                "admin.tls.client_ca must be one file; it may hold several authorities")
        }
        let files = try files("admin.tls", clientAuthorities: authorities.first)
        if files == nil, !authorities.isEmpty {
            throw CommandFailure(
                .configuration,
                "admin.tls.client_ca needs admin.tls.certificate and admin.tls.key as well")
        }
        return files
    }

    private func files(
        _ prefix: String, clientAuthorities: String?
    ) throws(CommandFailure) -> TLSFiles? {
        let certificates = Setting.paths(text(prefix + ".certificate"))
        let keys = Setting.paths(text(prefix + ".key"))
        guard certificates.count == keys.count else {
            throw CommandFailure(
                .configuration,
                "\(prefix).certificate names \(Self.count(certificates)) and \(prefix).key "
                    + "\(Self.count(keys)); give one key for each certificate, in the same order")
        }
        guard !certificates.isEmpty else { return nil }
        let pairs = zip(certificates, keys).map { TLSFiles.Pair(certificate: $0, key: $1) }
        return TLSFiles(pairs: pairs, clientAuthorities: clientAuthorities)
    }

    private static func count(_ files: [String]) -> String {
        switch files.count {
        case 0: "no file"
        case 1: "1 file"
        default: "\(files.count) files"
        }
    }
}
