@testable import Wire

/// The rules of a request (RFC 9112, and what this gateway refuses beyond it), read the plainest
/// way from the bytes of one that was taken: lines cut at CRLF, no state between them.
enum HTTPModel {
    static func check(
        _ request: ReadRequest, _ input: [UInt8], _ limits: HTTPLimits
    ) throws(Finding) {
        let start = input.starts(with: [13, 10]) ? 2 : 0
        guard let end = input.firstRange(of: [13, 10, 13, 10])?.upperBound else {
            throw Finding(description: "a request without an empty line was taken")
        }
        try require(end <= limits.headBytes, "the head has \(end) bytes")
        let lines = input[start..<(end - 4)].split(onCRLF: ())
        for line in lines {
            try require(
                line.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 9 }, "a control byte in a line")
        }
        try checkRequestLine(lines[0], request, limits)
        let fields = try lines.dropFirst().map { line throws(Finding) in try field(line, limits) }
        try require(fields.count <= limits.fieldCount, "\(fields.count) fields")
        try require(
            request.names == fields.map(\.name) && request.values == fields.map(\.value),
            "the fields are not those that were sent")
        func values(of name: String) -> [[UInt8]] {
            fields.filter { lowercased($0.name) == Array(name.utf8) }.map(\.value)
        }
        for (place, known) in KnownField.allCases.enumerated() {
            try require(
                request.known[place] == values(of: "\(known.name)").first, "\(known.name) is wrong")
        }
        let hosts = values(of: "host")
        try require(hosts.count <= 1, "\(hosts.count) Host fields")
        try require(request.minorVersion == 0 || hosts.count == 1, "no Host in HTTP/1.1")
        for host in hosts { try checkHost(host) }
        if let host = hosts.first, !request.authority.isEmpty, request.method != .connect {
            try require(
                lowercased(host) == lowercased(request.authority), "Host is not the target's")
        }
        try require(
            request.minorVersion > 0 || !request.keepAlive, "an HTTP/1.0 connection is kept")
        let closes = values(of: "connection").contains { lowercased($0) == Array("close".utf8) }
        try require(!closes || !request.keepAlive, "Connection: close is not heard")
        try checkBody(
            request, input, from: end, lengths: values(of: "content-length"),
            codings: values(of: "transfer-encoding"), limits)
    }

    private static func checkRequestLine(
        _ line: [UInt8], _ request: ReadRequest, _ limits: HTTPLimits
    ) throws(Finding) {
        try require(line.count <= limits.requestLineBytes, "the request line has \(line.count)")
        let words = line.split(separator: 0x20, omittingEmptySubsequences: false).map(Array.init)
        guard words.count == 3 else {
            throw Finding(description: "\(words.count) words in the request line")
        }
        try require(!words[0].isEmpty && words[0].allSatisfy(isToken), "the method is no token")
        try require(words[0] == request.methodText, "the method is another one")
        try require(
            !words[1].isEmpty && words[1].allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x23 },
            "a byte in the target that must not be there")
        let digit = request.minorVersion &+ 0x30
        try require(words[2] == Array("HTTP/1.".utf8) + [digit], "the version is another one")
        let target = words[1]
        if target == [0x2A] {
            try require(request.method == .options, "asterisk-form without OPTIONS")
        } else if request.method != .connect {
            try require(request.path.first == 0x2F, "a path without a slash")
        }
        var rebuilt = request.path
        if target.contains(0x3F) { rebuilt += [0x3F] + request.query }
        if target.first == 0x2F {
            try require(target == rebuilt, "path and query are not the target")
        } else if request.method != .connect, target != [0x2A] {
            try require(lowercased(target).starts(with: "http".utf8), "a target of another scheme")
        }
    }

    private static func field(
        _ line: [UInt8], _ limits: HTTPLimits
    ) throws(Finding) -> (name: [UInt8], value: [UInt8]) {
        guard let colon = line.firstIndex(of: 0x3A) else {
            throw Finding(description: "a field without a colon")
        }
        let name = Array(line[..<colon])
        try require(!name.isEmpty && name.allSatisfy(isToken), "a field's name is no token")
        try require(name.count <= limits.fieldNameBytes, "a name of \(name.count) bytes")
        var value = line[(colon + 1)...]
        while let first = value.first, first == 0x20 || first == 9 { value.removeFirst() }
        while let last = value.last, last == 0x20 || last == 9 { value.removeLast() }
        return (name, Array(value))
    }

    private static func checkHost(_ host: [UInt8]) throws(Finding) {
        try require(!host.isEmpty, "an empty Host")
        // A comma is how two of them look once joined, an @ how somebody else's name looks.
        let forbidden = Array(",@/?#\\ \t\"<>".utf8)
        try require(
            host.allSatisfy { $0 > 0x20 && $0 < 0x7F && !forbidden.contains($0) },
            "a byte in Host that must not be there")
    }

    private static func checkBody(
        _ request: ReadRequest, _ input: [UInt8], from start: Int, lengths: [[UInt8]],
        codings: [[UInt8]], _ limits: HTTPLimits
    ) throws(Finding) {
        try require(lengths.count + codings.count <= 1, "two fields frame the body")
        try require(request.body.count <= limits.bodyBytes, "\(request.body.count) bytes of body")
        if let length = lengths.first {
            try require(
                !length.isEmpty && length.count <= 18 && length.allSatisfy { 0x30...0x39 ~= $0 },
                "a Content-Length that is none")
            let count = length.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            try require(request.consumedBytes == start + count, "the body ends elsewhere")
            try require(request.body == Array(input[start..<(start + count)]), "another body")
        } else if let coding = codings.first {
            try require(lowercased(coding) == Array("chunked".utf8), "a coding that is not chunked")
            try require(request.minorVersion > 0, "chunked in HTTP/1.0")
            let (body, end) = try unchunked(input, from: start)
            try require(request.body == body, "the chunks make another body")
            try require(request.consumedBytes == end, "the chunks end elsewhere")
        } else {
            try require(request.body.isEmpty, "a body that nothing frames")
            try require(request.consumedBytes == start, "a request ends behind its head")
        }
    }

    /// The chunks' data, and where the message ends.
    private static func unchunked(
        _ input: [UInt8], from start: Int
    ) throws(Finding) -> ([UInt8], Int) {
        var body: [UInt8] = []
        var at = start
        while true {
            let line = try line(input, &at)
            let digits = line.prefix { $0 != 0x3B }
            guard (1...8).contains(digits.count), digits.allSatisfy(isHexDigit),
                let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
            else { throw Finding(description: "a chunk's size that is none") }
            if size == 0 { break }
            try require(at + size + 2 <= input.count, "a chunk beyond the input")
            body += input[at..<(at + size)]
            let behind = Array(input[(at + size)..<(at + size + 2)])
            try require(behind == [13, 10], "no end of a chunk")
            at += size + 2
        }
        while try !line(input, &at).isEmpty {}
        return (body, at)
    }

    /// Up to the next CRLF.
    private static func line(_ input: [UInt8], _ at: inout Int) throws(Finding) -> [UInt8] {
        guard let end = input[at...].firstRange(of: [13, 10]) else {
            throw Finding(description: "a line without an end")
        }
        defer { at = end.upperBound }
        return Array(input[at..<end.lowerBound])
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        0x30...0x39 ~= byte || 0x41...0x46 ~= byte || 0x61...0x66 ~= byte
    }
}

/// ASCII letters in lower case.
func lowercased(_ text: [UInt8]) -> [UInt8] {
    text.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }
}

extension ArraySlice<UInt8> {
    /// What is between the CRLFs.
    fileprivate func split(onCRLF: ()) -> [[UInt8]] {
        var lines: [[UInt8]] = [[]]
        var at = startIndex
        while at < endIndex {
            if self[at] == 13, at + 1 < endIndex, self[at + 1] == 10 {
                lines.append([])
                at += 2
            } else {
                lines[lines.count - 1].append(self[at])
                at += 1
            }
        }
        return lines
    }
}
