package import Bytes

extension ByteBuffer {
    /// Appends two lower-case hexadecimal digits for each byte.
    package mutating func append(hexadecimal bytes: RawSpan) {
        reserve(bytes.byteCount * 2)
        for offset in 0..<bytes.byteCount {
            append(hexadecimalDigit(bytes[offset] >> 4))
            append(hexadecimalDigit(bytes[offset] & 15))
        }
    }

    /// Appends the bytes in base64url without padding (RFC 4648 section 5): for keys and tickets
    /// that travel in URLs and headers.
    package mutating func append(base64URL bytes: RawSpan) {
        reserve((bytes.byteCount * 4 + 2) / 3)
        var held: UInt32 = 0
        var heldBits: UInt32 = 0
        for offset in 0..<bytes.byteCount {
            held = held << 8 | UInt32(bytes[offset])
            heldBits += 8
            while heldBits >= 6 {
                heldBits -= 6
                append(base64URLDigit(UInt8(truncatingIfNeeded: held >> heldBits) & 63))
            }
            held &= (1 << heldBits) - 1
        }
        if heldBits > 0 { append(base64URLDigit(UInt8(held << (6 - heldBits)))) }
    }

    /// Appends the bytes in base64 with padding (RFC 4648 section 4): for headers of others'
    /// conventions.
    package mutating func append(base64 bytes: RawSpan) {
        reserve((bytes.byteCount + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.byteCount, by: 3) {
            let length = min(3, bytes.byteCount - start)
            var held: UInt32 = 0
            for offset in 0..<3 {
                held = held << 8 | (offset < length ? UInt32(bytes[start + offset]) : 0)
            }
            for digit in 0..<4 {
                let value = UInt8(truncatingIfNeeded: held >> UInt32(18 - 6 * digit)) & 63
                append(digit <= length ? base64Digit(value) : 0x3D)
            }
        }
    }

    /// Appends what hexadecimal digits, of either case, stand for.
    /// - Returns: false, and the buffer is as before, if anything else is in it or the number of
    ///   digits is odd.
    package mutating func append(decodingHexadecimal text: RawSpan) -> Bool {
        guard text.byteCount % 2 == 0 else { return false }
        let start = count
        for pair in 0..<(text.byteCount / 2) {
            guard let high = hexadecimalValue(text[pair * 2]),
                let low = hexadecimalValue(text[pair * 2 + 1])
            else {
                truncate(to: start)
                return false
            }
            append(high << 4 | low)
        }
        return true
    }

    /// Appends what base64url without padding stands for.
    ///
    /// Strict: bits left over must be zero, so that one value has one text and a ticket cannot be
    /// written in two ways.
    /// - Returns: false, and the buffer is as before, if the text is not of that form.
    package mutating func append(decodingBase64URL text: RawSpan) -> Bool {
        append(decodingBase64Digits: text, 0x2D, 0x5F)
    }

    /// Appends what base64 with padding stands for (RFC 4648 section 4). As strict: nothing else
    /// in the text, and one value has one text.
    /// - Returns: false, and the buffer is as before, if the text is not of that form.
    package mutating func append(decodingBase64 text: RawSpan) -> Bool {
        guard text.byteCount % 4 == 0 else { return false }
        var end = text.byteCount
        while end > 0, text.byteCount - end < 2, text[end - 1] == 0x3D { end -= 1 }
        return append(decodingBase64Digits: text.extracting(0..<end), 0x2B, 0x2F)
    }

    /// - Parameters:
    ///   - digit62: what stands for 62.
    ///   - digit63: what stands for 63.
    private mutating func append(
        decodingBase64Digits text: RawSpan, _ digit62: UInt8, _ digit63: UInt8
    ) -> Bool {
        let start = count
        var held: UInt32 = 0
        var heldBits: UInt32 = 0
        for offset in 0..<text.byteCount {
            guard let value = base64Value(text[offset], digit62, digit63) else {
                truncate(to: start)
                return false
            }
            held = held << 6 | UInt32(value)
            heldBits += 6
            if heldBits >= 8 {
                heldBits -= 8
                append(UInt8(held >> heldBits))
            }
            held &= (1 << heldBits) - 1
        }
        // A lone last digit has six bits: not one byte. What is left of two or three is 4 or 2.
        guard heldBits != 6, held == 0 else {
            truncate(to: start)
            return false
        }
        return true
    }
}

private func hexadecimalDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? 0x30 + value : 0x57 + value
}

private func hexadecimalValue(_ digit: UInt8) -> UInt8? {
    if ASCII.isDigit(digit) { return digit - 0x30 }
    let letter = ASCII.lowercased(digit)
    return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : nil
}

private func base64Digit(_ value: UInt8) -> UInt8 {
    switch value {
    case 62: 0x2B
    case 63: 0x2F
    default: base64URLDigit(value)
    }
}

private func base64URLDigit(_ value: UInt8) -> UInt8 {
    switch value {
    case 0..<26: 0x41 + value
    case 26..<52: 0x61 + (value - 26)
    case 52..<62: 0x30 + (value - 52)
    case 62: 0x2D
    default: 0x5F
    }
}

private func base64Value(_ digit: UInt8, _ digit62: UInt8, _ digit63: UInt8) -> UInt8? {
    switch digit {
    case 0x41...0x5A: digit - 0x41
    case 0x61...0x7A: digit - 0x61 + 26
    case 0x30...0x39: digit - 0x30 + 52
    case digit62: 62
    case digit63: 63
    default: nil
    }
}
