import Bytes
import Foundation

@testable import Wire

/// JSON texts, read beside Foundation's `JSONSerialization`.
///
/// What is taken, Foundation takes too and reads as the same values; what only Foundation takes is
/// on a list of what is refused beyond the grammar (``isStricter(_:_:)``). The tape is whole, a
/// document that is used again says the same, and every string comes back from being written.
enum JSONTarget {
    @Sendable static func run(_ input: [UInt8]) throws {
        // Small, so that the tape and the table of keys have to grow.
        var document = JSONDocument(nodeCapacity: 4)
        let failure = input.withBytes { document.parse($0) }
        let again = input.withBytes { document.parse($0) }
        try require(again == failure, "read again: \(again as Any), at first: \(failure as Any)")
        // Losing the reason is harmless: that it is refused is what counts.
        let theirs = try? JSONSerialization.jsonObject(
            with: Data(input), options: .fragmentsAllowed)
        if let failure {
            try require(document.nodeCount == 0, "a document that failed has nodes")
            try require(failure.offset <= input.count, "a failure behind the text")
            try require(
                theirs == nil || isStricter(failure, input), "refused: \(failure.code)")
            return
        }
        try require(Int(document.node(0).next) == document.nodeCount, "the root is not the whole")
        try input.withSpan { bytes throws in
            let isWhole = try checkTape(document, bytes)
            if let theirs {
                try compare(0, theirs, document, bytes)
            } else {
                try require(!isWhole, "Foundation refuses what is taken")
            }
        }
        try checkValue(input)
    }

    /// What has a value comes back from being written; what has none says where.
    private static func checkValue(_ input: [UInt8]) throws {
        let value: JSONValue
        do throws(JSONReadingError) {
            value = try JSONValue(input)
        } catch {
            if case .notJSON = error { throw Finding(description: "JSON is refused: \(error)") }
            return try require(
                error.pointer.isEmpty || error.pointer.hasPrefix("/"), "no pointer: \(error)")
        }
        let written = value.bytes
        try require(try JSONValue(written) == value, "a written value differs")
        try require(try JSONValue(written).bytes == written, "it is written otherwise again")
    }

    /// What Foundation takes and the gateway does not.
    private static func isStricter(_ failure: JSONError, _ input: [UInt8]) -> Bool {
        switch failure.kind {
        // A key twice, more than 32 levels, UTF-8's byte order mark: refused on purpose.
        case .duplicateKey, .tooDeep, .byteOrderMark: true
        // Half a surrogate pair becomes U+FFFD there.
        case .loneSurrogate: true
        // A comma behind the last member or element is overlooked there.
        case .unexpectedByte where isBehindComma(failure.offset, input): true
        // It guesses UTF-16 and UTF-32 by their zeros and marks.
        default: input.contains(0) || input.starts(with: [0xFF]) || input.starts(with: [0xFE])
        }
    }

    private static func isBehindComma(_ offset: Int, _ input: [UInt8]) -> Bool {
        guard offset < input.count, [0x7D, 0x5D].contains(input[offset]) else { return false }
        return input[..<offset].last { ![0x20, 9, 10, 13].contains($0) } == 0x2C
    }

    /// Each node's place, and each string's value.
    /// - Returns: whether all numbers are ones that Foundation reads.
    private static func checkTape(
        _ document: borrowing JSONDocument, _ bytes: RawSpan
    ) throws -> Bool {
        var isReadable = true
        for index in 0..<document.nodeCount {
            let node = document.node(index)
            let range = node.range.range
            try require(range.upperBound <= bytes.byteCount, "a node behind the text")
            try require(
                Int(node.next) > index && Int(node.next) <= document.nodeCount,
                "node \(index) goes on at \(node.next)")
            switch node.kind {
            case .string:
                guard let text = document.text(node, from: bytes) else {
                    throw Finding(description: "a string without a text")
                }
                try require(
                    document.decodedByteCount(node, from: bytes) == text.utf8.count,
                    "a string's length is another one")
                try checkWriting(text)
            case .number:
                // Too large for a Double, there and here.
                if document.double(node, from: bytes) == nil { isReadable = false }
            default: break
            }
        }
        return isReadable
    }

    /// A text comes back from being written as JSON.
    private static func checkWriting(_ text: String) throws {
        var buffer = ByteBuffer(capacity: 16)
        buffer.append(jsonString: text)
        var document = JSONDocument(nodeCapacity: 1)
        try require(document.parse(buffer.bytes) == nil, "a written string is no JSON")
        let back = document.text(document.node(0), from: buffer.bytes)
        try require(back.map { Array($0.utf8) } == Array(text.utf8), "a written string differs")
    }

    /// Compares a node and all below it with what Foundation read.
    private static func compare(
        _ index: Int, _ theirs: Any, _ document: borrowing JSONDocument, _ bytes: RawSpan
    ) throws {
        let node = document.node(index)
        switch (node.kind, theirs) {
        case (.object, let members as [String: Any]):
            let keys = keys(of: index, document, bytes)
            // Keys that are the same to `String`, not byte by byte, are one there; and it loses a
            // U+FEFF there as in every string, so that one key may become another.
            let hasMark = keys.contains { $0.unicodeScalars.contains("\u{FEFF}") }
            let isSame = members.count == keys.count && !hasMark
            var child = index + 1
            for key in keys {
                if let member = members[key] {
                    if isSame { try compare(child + 1, member, document, bytes) }
                } else {
                    try require(hasMark, "Foundation has no member \(key.debugDescription)")
                }
                child = Int(document.node(child + 1).next)
            }
            try require(members.count <= keys.count, "Foundation has more members")
        case (.array, let elements as [Any]):
            var child = index + 1
            for element in elements {
                try require(child < Int(node.next), "Foundation has more elements")
                try compare(child, element, document, bytes)
                child = Int(document.node(child).next)
            }
            try require(child == Int(node.next), "Foundation has fewer elements")
        case (.string, let text as String):
            // Foundation loses a U+FEFF that a string, or what follows an escape, begins with.
            let ours = (document.text(node, from: bytes) ?? "").unicodeScalars
            let isSame = ours.elementsEqual(text.unicodeScalars)
            let mark: Unicode.Scalar = "\u{FEFF}"
            try require(
                isSame || ours.filter { $0 != mark } == text.unicodeScalars.filter { $0 != mark },
                "another string: \(text.debugDescription)")
        case (.number, let number as NSNumber):
            if let integer = document.integer(node, from: bytes) {
                try require(number.intValue == integer, "another whole number: \(number)")
            } else if let double = document.double(node, from: bytes) {
                // Foundation goes by way of Decimal, which multiplies by ten again and again.
                let difference = (number.doubleValue - double).magnitude
                try require(difference <= double.magnitude * 1e-13, "another number: \(number)")
            }
        case (.true, let value as NSNumber): try require(value.boolValue, "true is false")
        case (.false, let value as NSNumber): try require(!value.boolValue, "false is true")
        case (.null, is NSNull): break
        default: throw Finding(description: "\(node.kind), and there \(type(of: theirs))")
        }
    }

    private static func keys(
        of index: Int, _ document: borrowing JSONDocument, _ bytes: RawSpan
    ) -> [String] {
        var keys: [String] = []
        var child = index + 1
        while child < Int(document.node(index).next) {
            keys.append(document.text(document.node(child), from: bytes) ?? "")
            child = Int(document.node(child + 1).next)
        }
        return keys
    }
}

extension [UInt8] {
    /// As `withBytes`, for what throws.
    func withSpan<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result {
        // Unsafe: a span of an array's elements is its bytes, which have no padding.
        try unsafe body(span.bytes)
    }
}
