import Bytes
import Cryptography
import Sockets

/// A ClientHello, as a stranger sends it before anything is known of it.
///
/// It is read where a second reading of RFC 8446 has it whole, with lists of a length that is kept,
/// and JA4 is the one that a plain writing of its description comes to.
enum HelloTarget {
    @Sendable static func run(_ input: [UInt8]) throws {
        let hello = input.withBytes {
            ClientHelloMessage($0).map { ClientHelloMarks.text(of: $0).text }
        }
        let model = HelloModel(input)
        guard let model, model.isKept else {
            try require(hello == nil, "it is no ClientHello, or too long, and was read")
            return
        }
        guard let text = hello else { throw Finding(description: "it was not read") }
        try require(text == model.ja4, "\(text), and not \(model.ja4)")
    }
}

/// A ClientHello, read whole, in arrays.
private struct HelloModel {
    private var version = 0
    private var ciphers: [Int] = []
    private var extensions: [(code: Int, body: [UInt8])] = []

    init?(_ input: [UInt8]) {
        var whole = input[...]
        guard whole.popFirst() == 1, var body = Self.part(&whole, 3), whole.isEmpty,
            let version = Self.word(&body), body.count >= 32
        else { return nil }
        self.version = version
        body = body.dropFirst(32)
        guard Self.part(&body, 1) != nil, let suites = Self.part(&body, 2),
            let ciphers = Self.words(suites), Self.part(&body, 1) != nil
        else { return nil }
        self.ciphers = ciphers
        if body.isEmpty { return }
        guard var list = Self.part(&body, 2), body.isEmpty else { return nil }
        while !list.isEmpty {
            guard let code = Self.word(&list), let content = Self.part(&list, 2) else { return nil }
            extensions.append((code, Array(content)))
        }
        guard signatures != nil else { return nil }
    }

    /// No list is longer than what is kept. Each list of signatures adds to the one before.
    var isKept: Bool {
        let limit = ClientHelloMessage.maximumCodes
        return ciphers.filter(Self.isReal).count <= limit && codes.count <= limit
            && (signatures?.count ?? 0) <= limit
    }

    private var codes: [Int] { extensions.map(\.code).filter(Self.isReal) }

    /// Of all extensions that have some; nil where one of them is not whole.
    private var signatures: [Int]? {
        var all: [Int] = []
        for (code, body) in extensions where code == 13 {
            var body = body[...]
            guard let list = Self.part(&body, 2), let found = Self.words(list) else { return nil }
            all += found.filter(Self.isReal)
        }
        return all
    }

    var ja4: String {
        var highest = 0
        for (code, body) in extensions where code == 43 {
            var body = body[...]
            guard var list = Self.part(&body, 1) else { continue }
            while let word = Self.word(&list) {
                if Self.isReal(word) { highest = max(highest, word) }
            }
        }
        let names = [
            0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10", 0x0300: "s3", 0x0002: "s2",
        ]
        let suites = ciphers.filter(Self.isReal)
        let listed = codes.filter { $0 != 0 && $0 != 16 }.sorted().map(Self.hexadecimal)
        let algorithms = (signatures ?? []).map(Self.hexadecimal)
        var last = listed.joined(separator: ",")
        if !algorithms.isEmpty { last += "_" + algorithms.joined(separator: ",") }
        let first = suites.sorted().map(Self.hexadecimal).joined(separator: ",")
        let name = names[highest > 0 ? highest : version] ?? "00"
        let counts = Self.twoDigits(suites.count) + Self.twoDigits(codes.count)
        let summary = "t\(name)\(codes.contains(0) ? "d" : "i")\(counts)\(firstProtocol)"
        return "\(summary)_\(Self.digest(first, suites))_\(Self.digest(last, codes))"
    }

    private var firstProtocol: String {
        var found = "00"
        for (code, body) in extensions where code == 16 {
            var body = body[...]
            found = "00"
            guard var list = Self.part(&body, 2), let name = Self.part(&list, 1),
                let first = name.first, let last = name.last
            else { continue }
            let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8
            if letters.contains(first), letters.contains(last) {
                found = String(decoding: [first, last], as: UTF8.self)
            } else {
                found = String(first >> 4, radix: 16) + String(last & 15, radix: 16)
            }
        }
        return found
    }

    // MARK: Numbers and texts

    private static func isReal(_ code: Int) -> Bool {
        !(0..<16).contains { code == ($0 << 4 | 10) * 257 }
    }

    private static func hexadecimal(_ code: Int) -> String {
        let digits = String(code, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }

    private static func twoDigits(_ count: Int) -> String {
        count < 10 ? "0\(count)" : "\(min(count, 99))"
    }

    private static func digest(_ text: String, _ codes: [Int]) -> String {
        guard !codes.isEmpty else { return "000000000000" }
        var hasher = SHA256()
        return String(text.withBytes { hasher.digest($0) }.hexadecimal.prefix(12))
    }

    private static func word(_ bytes: inout ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= 2, let high = bytes.popFirst(), let low = bytes.popFirst() else {
            return nil
        }
        return Int(high) << 8 | Int(low)
    }

    private static func words(_ list: ArraySlice<UInt8>) -> [Int]? {
        var list = list
        var words: [Int] = []
        while let word = word(&list) { words.append(word) }
        return list.isEmpty ? words : nil
    }

    private static func part(
        _ bytes: inout ArraySlice<UInt8>, _ lengthBytes: Int
    ) -> ArraySlice<UInt8>? {
        guard bytes.count >= lengthBytes else { return nil }
        let length = bytes.prefix(lengthBytes).reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count - lengthBytes >= length else { return nil }
        let part = bytes.dropFirst(lengthBytes).prefix(length)
        bytes = bytes.dropFirst(lengthBytes + length)
        return part
    }
}
