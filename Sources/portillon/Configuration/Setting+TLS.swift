import Gateway
import Sockets

extension Setting {
    /// The files that listeners speak TLS with; without them they speak plain HTTP.
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
    /// What the public listener speaks TLS with; nil for plain HTTP.
    /// - Throws: ``CommandFailure`` 78 where certificates and keys do not go together.
    func tls() throws(CommandFailure) -> TLSFiles? {
        try files("tls", clientAuthorities: nil)
    }

    /// The same for the admin listener.
    func adminTLS() throws(CommandFailure) -> TLSFiles? {
        let authorities = Setting.paths(text("admin.tls.client_ca"))
        guard authorities.count <= 1 else {
            throw CommandFailure(
                .configuration, "admin.tls.client_ca takes one file, which may hold several")
        }
        let files = try files("admin.tls", clientAuthorities: authorities.first)
        if files == nil, !authorities.isEmpty {
            throw CommandFailure(
                .configuration,
                "admin.tls.client_ca takes admin.tls.certificate and admin.tls.key beside it")
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
                    + "\(Self.count(keys)); each certificate takes its key, in the same order")
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
