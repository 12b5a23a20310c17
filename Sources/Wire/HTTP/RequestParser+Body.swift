internal import Bytes

extension RequestParser {
    mutating func parseFixedBody(byteCount: Int) {
        // Both are bounded: the head by its limit, the length by `bodyBytes`.
        let length = contentLength ?? 0
        guard byteCount - bodyStart >= length else { return }
        bodyCount = length
        consumedBytes = bodyStart + length
        stage = .complete
    }

    /// Reads chunks and trailers (RFC 9112, 7.1) as far as they are there.
    mutating func parseChunks(_ bytes: inout MutableRawSpan) throws(HTTPRejection) {
        while stage != .complete {
            let progressed =
                switch stage {
                case .chunkSize: try parseChunkSize(bytes.bytes)
                case .chunkData: try parseChunkData(&bytes)
                default: try parseTrailer(bytes.bytes)
                }
            if !progressed { return }
        }
    }

    /// `1*8HEXDIG [chunk-ext] CRLF`.
    /// - Returns: whether the line was there.
    private mutating func parseChunkSize(_ bytes: RawSpan) throws(HTTPRejection) -> Bool {
        let left = limits.chunkExtensionBytes - extensionBytes
        let limit = lineStart + 8 + left + 1
        guard let end = try endOfLine(in: bytes, before: limit, else: .chunkExtensionsTooLong)
        else { return false }
        let digitsEnd = bytes.firstNot(.hexDigit, from: lineStart, to: end)
        let digits = digitsEnd - lineStart
        guard digits >= 1, digits <= 8 else { throw .invalidChunkSize }
        var size = 0
        for at in lineStart..<digitsEnd { size = size << 4 | hexValue(bytes[at]) }
        if digitsEnd < end {
            guard bytes[digitsEnd] == 0x3B else { throw .invalidChunkSize }
            guard end - digitsEnd <= left else { throw .chunkExtensionsTooLong }
            extensionBytes += end - digitsEnd
            guard ChunkExtensions.isValid(bytes, from: digitsEnd, to: end) else {
                throw .invalidChunkExtension
            }
        }
        if size > limits.bodyBytes - bodyCount { throw .bodyTooLarge }
        beginLine(at: end + 2)
        if size == 0 {
            trailersStart = lineStart
            stage = .trailers
        } else {
            chunkBytesLeft = size
            stage = .chunkData
        }
        return true
    }

    /// Moves a chunk, once it is whole, behind those before it. The first one stays where it is.
    /// - Returns: whether it was there, with its CRLF.
    private mutating func parseChunkData(
        _ bytes: inout MutableRawSpan
    ) throws(HTTPRejection) -> Bool {
        let end = lineStart + chunkBytesLeft
        let available = bytes.byteCount
        if available > end, bytes.bytes[end] != Byte.carriageReturn { throw .missingChunkEnd }
        guard available > end + 1 else { return false }
        guard bytes.bytes[end + 1] == Byte.lineFeed else { throw .missingChunkEnd }
        if bodyCount == 0 {
            bodyStart = lineStart
        } else {
            bytes.move(from: lineStart, count: chunkBytesLeft, to: bodyStart + bodyCount)
        }
        bodyCount += chunkBytesLeft
        beginLine(at: end + 2)
        stage = .chunkSize
        return true
    }

    /// Trailers must be fields and within the head's limits; what they say is dropped, so none of
    /// them can pass for a field that frames, routes or authenticates (RFC 9110, 6.5.1).
    /// - Returns: whether a line was there.
    private mutating func parseTrailer(_ bytes: RawSpan) throws(HTTPRejection) -> Bool {
        let limit = trailersStart + limits.headBytes - 1
        guard let end = try endOfLine(in: bytes, before: limit, else: .trailersTooLarge) else {
            return false
        }
        if end == lineStart {
            consumedBytes = end + 2
            stage = .complete
            return true
        }
        guard trailerCount < limits.fieldCount else { throw .trailersTooLarge }
        _ = try Self.endOfName(
            bytes, from: lineStart, to: end, maximum: limits.fieldNameBytes)
        trailerCount += 1
        beginLine(at: end + 2)
        return true
    }
}

/// The value of a hexadecimal digit.
@inline(__always)
func hexValue(_ digit: UInt8) -> Int {
    Int(digit <= Byte.nine ? digit & 0x0F : (digit & 0x0F) + 9)
}

extension MutableRawSpan {
    /// Moves `count` bytes to an earlier place; the two may overlap.
    fileprivate mutating func move(from source: Int, count: Int, to target: Int) {
        precondition(target >= 0 && target <= source && source + count <= byteCount, "in bounds")
        // Safe: both ranges are within the span, and `copyMemory` lets them overlap.
        unsafe withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            unsafe (base + target).copyMemory(from: base + source, byteCount: count)
        }
    }
}
