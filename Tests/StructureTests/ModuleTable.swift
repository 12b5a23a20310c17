/// Who may import whom. The arrows point one way: a module imports only what stands above it.
///
/// A new module gets a line here; a new arrow is a decision about the architecture, not a
/// formality: ARCHITECTURE.md shows the same table with the job of each module.
enum ModuleTable {
    static let rows: [(module: String, mayImport: [String])] = [
        ("CFrontEnd", []),
        ("CLinux", []),
        ("CNghttp2", []),
        ("COpenSSL", []),
        ("CVersion", []),
        ("CZlib", []),
        ("Bytes", []),
        ("Time", ["Bytes", "CLinux"]),
        ("Addresses", ["Bytes"]),
        ("LockFree", []),
        ("Threads", ["CLinux"]),
        ("CommandIO", ["CLinux", "ArgumentParser"]),
        ("Cryptography", ["Bytes", "COpenSSL"]),
        ("Files", ["Bytes", "CLinux"]),
        ("Vault", ["Bytes", "Cryptography", "Files"]),
        ("Wire", ["Bytes", "Addresses", "Time"]),
        ("Sockets", ["Bytes", "Addresses", "CLinux", "COpenSSL", "Files"]),
        ("AdminClient", ["Bytes", "Sockets", "Wire"]),
        ("Contract", ["Bytes", "Time"]),
        ("Availability", ["Bytes", "Time"]),
        ("Robots", ["Bytes", "CLinux", "Time", "Cryptography"]),
        ("Ledger", ["Bytes", "CLinux", "Time", "Contract", "Availability"]),
        ("Log", ["Bytes", "Time", "Cryptography", "Files", "Threads"]),
        (
            "Cluster",
            [
                "Bytes", "CNghttp2", "Time", "Cryptography", "Files", "LockFree", "Log", "Sockets",
                "Threads", "Vault",
            ]
        ),
        ("Playback", ["Bytes", "Time", "Cryptography", "Contract", "Ledger", "Log"]),
        ("Evidence", ["Bytes", "Time", "Contract", "Cryptography", "Ledger", "Playback"]),
        (
            "Webhooks",
            ["Bytes", "Time", "Contract", "Availability", "Cryptography", "Ledger", "Wire"]
        ),
        (
            "Snapshots",
            [
                "Bytes", "Time", "Cryptography", "Files", "Log", "Ledger", "Playback", "Evidence",
                "Webhooks",
            ]
        ),
        ("Projections", ["Time", "Cryptography", "Ledger", "Evidence", "Webhooks"]),
        ("Exposition", ["Bytes", "LockFree", "CZlib"]),
        (
            "Gateway",
            [
                "CLinux", "COpenSSL", "CZlib", "Bytes", "Time", "Addresses", "LockFree",
                "Cryptography", "Files", "Vault", "Wire", "Sockets", "Contract", "Ledger",
                "Log", "Playback", "Evidence", "Projections", "Exposition", "Snapshots", "Logging",
                "AdminClient", "Cluster", "Webhooks", "Threads", "Robots", "Availability",
            ]
        ),
        (
            "portillon",
            [
                "Availability", "Bytes", "Time", "Addresses", "AdminClient", "CFrontEnd", "CLinux",
                "CVersion",
                "Cluster", "CommandIO", "Contract", "Cryptography", "Evidence", "Files", "Gateway",
                "Log", "Ledger", "Playback", "Robots", "Snapshots", "Sockets", "Vault", "Wire",
                "ArgumentParser", "Logging",
            ]
        ),
    ]

    /// What the toolchain brings: free for everyone.
    static let toolchain: Set<String> = ["Glibc", "Swift", "Synchronization"]

    /// The load runner judges from outside: it never sees the gateway's insides.
    static let loadRunner: Set<String> = [
        "Addresses", "AdminClient", "Bytes", "CommandIO", "Files", "Wire", "Sockets",
        "ArgumentParser", "Histogram", "BitCollections", "DequeModule", "HeapModule", "Foundation",
    ]

    /// Foundation is for the control side: dates, calendars, files and JSON, never an entry; but
    /// for the Unicode forms of an e-mail address that is not ASCII.
    static func mayImportFoundation(path: String) -> Bool {
        path.hasPrefix("Sources/portillon/")
            || path.hasPrefix("Sources/Gateway/Admin")
            || (path.hasPrefix("Sources/Ledger/") && path.contains("JSON"))
            || (path.hasPrefix("Sources/Evidence/") && path.contains("JSON"))
            || path == "Sources/Contract/Identity/UnicodeForm.swift"
    }

    static func mayImport(_ module: String) -> Set<String>? {
        rows.first { $0.module == module }.map { Set($0.mayImport) }
    }

    /// What is wrong with a file's imports, one line each.
    static func violations(in file: SourceFile, of module: String) -> [String] {
        guard let allowed = mayImport(module) else {
            return ["\(file.path): module \(module) has no line in ModuleTable.swift"]
        }
        return file.imports.compactMap { name, line in
            if toolchain.contains(name) || allowed.contains(name) { return nil }
            if ["Foundation", "FoundationEssentials", "Dispatch"].contains(name) {
                if mayImportFoundation(path: file.path) { return nil }
                return "\(file.path):\(line): Foundation is for the control side only"
            }
            return "\(file.path):\(line): \(module) may not import \(name)"
        }
    }
}
