/// The encoding of internationalised labels (RFC 3492), read.
enum Punycode {
    private static var base: Int { 36 }
    /// Positions and weights beyond it belong to no label of a domain.
    private static var limit: Int { 1 << 31 }

    /// The text that a label stands for, without its `xn--`.
    /// - Parameter label: lower case.
    /// - Returns: `nil` for bytes that no text is encoded as. Quadratic in the length, which is at
    ///   most 59.
    static func decode(_ label: some Collection<UInt8>) -> String? {
        let bytes = Array(label)
        guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
        var scalars: [Unicode.Scalar] = []
        var next = 0
        if let delimiter = bytes.lastIndex(of: UInt8(ascii: "-")), delimiter > 0 {
            scalars = bytes[..<delimiter].map { Unicode.Scalar($0) }
            next = delimiter + 1
        }
        var (code, position, bias) = (128, 0, 72)
        while next < bytes.count {
            let before = position
            var weight = 1
            var step = base
            while true {
                guard next < bytes.count, let digit = digit(bytes[next]) else { return nil }
                next += 1
                position += digit * weight
                guard position < limit else { return nil }
                let threshold = min(max(step - bias, 1), 26)
                if digit < threshold { break }
                weight *= base - threshold
                guard weight < limit else { return nil }
                step += base
            }
            bias = adapted(position - before, count: scalars.count + 1, isFirst: before == 0)
            code += position / (scalars.count + 1)
            position %= scalars.count + 1
            guard code <= 0x10FFFF, let scalar = Unicode.Scalar(UInt32(code)) else { return nil }
            scalars.insert(scalar, at: position)
            position += 1
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    private static func digit(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a"))
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0")) + 26
        default: nil
        }
    }

    /// RFC 3492, 6.1.
    private static func adapted(_ distance: Int, count: Int, isFirst: Bool) -> Int {
        var delta = distance / (isFirst ? 700 : 2)
        delta += delta / count
        var bias = 0
        while delta > 455 {
            delta /= 35
            bias += 36
        }
        return bias + 36 * delta / (delta + 38)
    }
}
