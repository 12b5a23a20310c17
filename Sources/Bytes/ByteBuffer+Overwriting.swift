extension ByteBuffer {
    /// Appends `length` zero bytes.
    package mutating func append(zeros length: Int) {
        precondition(length >= 0, "appends no less than nothing")
        reserve(length)
        unsafe (base + count).initializeMemory(as: UInt8.self, repeating: 0, count: length)
        count += length
    }

    /// Overwrites held bytes with a text's.
    package mutating func overwrite(_ text: StaticString, at offset: Int) {
        precondition(text.hasPointerRepresentation, "a static text is more than one scalar")
        let length = text.utf8CodeUnitCount
        precondition(offset >= 0 && offset + length <= count, "overwrites what is held")
        unsafe (base + offset).copyMemory(from: text.utf8Start, byteCount: length)
    }

    /// Overwrites held bytes.
    package mutating func overwrite(_ bytes: RawSpan, at offset: Int) {
        let length = bytes.byteCount
        precondition(offset >= 0 && offset + length <= count, "overwrites what is held")
        unsafe bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe (base + offset).copyMemory(from: start, byteCount: length)
        }
    }
}
