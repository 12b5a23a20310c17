import Bytes
import Cryptography
import Ledger
import Time

@testable import Gateway

/// Hexadecimal, base64url and RFC 3339: what is taken has one text, what is written is taken.
enum EncodingsTarget {
    @Sendable static func run(_ input: [UInt8]) throws {
        try checkHexadecimal(input)
        try checkBase64(input)
        try checkPaddedBase64(input)
        try checkTimes(input)
    }

    private static func checkHexadecimal(_ input: [UInt8]) throws {
        let written = built { $0.append(hexadecimal: $1) }(input)
        try require(decoded(written, .hexadecimal) == input, "hexadecimal does not come back")
        guard let bytes = decoded(input, .hexadecimal) else { return }
        let again = built { $0.append(hexadecimal: $1) }(bytes)
        try require(again == lowercased(input), "hexadecimal of another text")
        let digest = KeyDigest(hex: String(decoding: input, as: UTF8.self))
        try require((digest != nil) == (input.count == 64), "a digest of \(input.count) digits")
        if let digest {
            try require(Array(digest.hex.utf8) == lowercased(input), "a digest of another text")
            try require(bytes.withBytes { KeyDigest($0) } == digest, "two digests of one text")
        }
    }

    private static func checkBase64(_ input: [UInt8]) throws {
        let written = built { $0.append(base64URL: $1) }(input)
        try require(decoded(written, .base64URL) == input, "base64url does not come back")
        guard let bytes = decoded(input, .base64URL) else { return }
        let again = built { $0.append(base64URL: $1) }(bytes)
        try require(again == input, "one value has two texts")
    }

    private static func checkPaddedBase64(_ input: [UInt8]) throws {
        let written = built { $0.append(base64: $1) }(input)
        try require(decoded(written, .base64) == input, "base64 does not come back")
        guard let bytes = decoded(input, .base64) else { return }
        let again = built { $0.append(base64: $1) }(bytes)
        try require(again == input, "one value has two texts with padding")
    }

    private static func checkTimes(_ input: [UInt8]) throws {
        if let time = Timestamp(rfc3339: String(decoding: input, as: UTF8.self)) {
            try AdminTarget.checkTime(time)
        }
        // Any moment can be written, whatever it is worth.
        var reader = InputReader(input)
        let moment = Timestamp(milliseconds: Int64(bitPattern: reader.word(bytes: 8)))
        if (0...9_999).contains(moment.civil.year) {
            try AdminTarget.checkTime(moment)
        } else {
            try require(!moment.rfc3339.isEmpty, "a moment without a text")
        }
    }

    private enum Encoding { case hexadecimal, base64URL, base64 }

    /// What the text stands for; the buffer keeps what it held, whether or not it is taken.
    private static func decoded(_ text: [UInt8], _ encoding: Encoding) -> [UInt8]? {
        var buffer = ByteBuffer(capacity: 4)
        buffer.append(0xAA)
        let isTaken = text.withBytes { text in
            switch encoding {
            case .hexadecimal: buffer.append(decodingHexadecimal: text)
            case .base64URL: buffer.append(decodingBase64URL: text)
            case .base64: buffer.append(decodingBase64: text)
            }
        }
        precondition(buffer.bytes[0] == 0xAA, "what was held is kept")
        precondition(isTaken || buffer.count == 1, "what is refused leaves nothing behind")
        return isTaken ? Array(buffer.bytes.array.dropFirst()) : nil
    }

    private static func built(
        _ write: @escaping (inout ByteBuffer, RawSpan) -> Void
    ) -> ([UInt8]) -> [UInt8] {
        { input in
            var buffer = ByteBuffer(capacity: 16)
            input.withBytes { write(&buffer, $0) }
            return buffer.bytes.array
        }
    }
}
