/// An answer, read the plainest way: line by line over an array, by the grammar of RFC 9112 as far
/// as it is taken here. It knows no limits.
struct ResponseModel {
    private let bytes: [UInt8]
    private var at = 0

    /// - Returns: the first answer of the input that is no interim one; nil if there is none. Where
    ///   only the connection's end ends it, the input's end is that.
    static func read(_ input: [UInt8]) -> (status: Int, body: [UInt8])? {
        var model = ResponseModel(bytes: input)
        while true {
            guard let status = model.statusLine(), let fields = model.fields() else { return nil }
            if status == 101 { return nil }
            if status < 200 { continue }
            return model.body(status, fields).map { (status, $0) }
        }
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// A line without its CRLF; nil where a control byte comes first.
    private mutating func line() -> [UInt8]? {
        let rest = bytes[at...]
        guard let end = rest.firstIndex(where: { ($0 < 0x20 && $0 != 9) || $0 == 0x7F }),
            bytes[end...].starts(with: [13, 10])
        else { return nil }
        at = end + 2
        return Array(rest[..<end])
    }

    private mutating func statusLine() -> Int? {
        guard let line = line() else { return nil }
        let text = String(decoding: line.prefix(13), as: UTF8.self)
        guard let match = text.prefixMatch(of: /HTTP\/1\.[1-9] ([1-5][0-9][0-9])/),
            line.count == 12 || line[12] == 0x20
        else { return nil }
        return Int(match.1)
    }

    private mutating func fields() -> [(name: String, value: [UInt8])]? {
        var fields: [(name: String, value: [UInt8])] = []
        while let line = line() {
            if line.isEmpty { return fields }
            let name = line.prefix { $0 != 0x3A }
            guard name.count < line.count, Self.isToken(name) else { return nil }
            let value = line[(name.count + 1)...].drop(while: Self.isSpace).reversed()
                .drop(while: Self.isSpace).reversed()
            fields.append((String(decoding: name, as: UTF8.self).lowercased(), Array(value)))
        }
        return nil
    }

    private mutating func body(
        _ status: Int, _ fields: [(name: String, value: [UInt8])]
    ) -> [UInt8]? {
        func values(_ name: String) -> [String] {
            fields.filter { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
        }
        let lengths = values("content-length")
        let codings = values("transfer-encoding").map { $0.lowercased() }
        guard lengths.count + codings.count <= 1 else { return nil }
        let length = lengths.first.map { Int($0) ?? -1 }
        if let length, length < 0 { return nil }
        if status == 204 || status == 304 { return [] }
        if let coding = codings.first { return coding == "chunked" ? chunks() : nil }
        guard let length else { return Array(bytes[at...]) }
        guard bytes.count - at >= length else { return nil }
        return Array(bytes[at..<(at + length)])
    }

    private mutating func chunks() -> [UInt8]? {
        var body: [UInt8] = []
        while let line = line() {
            let digits = line.prefix { $0 != 0x3B }
            guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0
            else { return nil }
            if size == 0 { return fields() == nil ? nil : body }
            guard bytes.count - at >= size + 2 else { return nil }
            body += bytes[at..<(at + size)]
            at += size
            guard self.line() == [] else { return nil }
        }
        return nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 9 }

    private static func isToken(_ name: ArraySlice<UInt8>) -> Bool {
        !name.isEmpty
            && name.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF)
                    || "!#$%&'*+-.^_`|~".utf8.contains($0)
            }
    }
}
