import Gateway

extension Setting {
    /// The names in a value of ``Kind/hostNames``, in lower case; nil if one of them is invalid.
    static func hostNames(_ value: String) -> [String]? {
        if value.isEmpty { return [] }
        let names = value.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.trimmingPrefix(while: { $0 == " " }).lowercased() }
        return names.count <= AdminNames.maximumCount && names.allSatisfy(isHostName) ? names : nil
    }

    /// Whether it is a name as it stands in a URL (RFC 1123, 2.1), without a port.
    private static func isHostName(_ name: String) -> Bool {
        let isPlain = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
        }
        return isPlain && (1...253).contains(name.utf8.count)
    }
}

extension Configuration {
    /// The names that the admin listener goes by, beside addresses and `localhost`.
    var adminNames: AdminNames {
        guard let names = Setting.hostNames(text("admin.host_names")) else {
            preconditionFailure("admin.host_names is checked")
        }
        return AdminNames(names)
    }
}
