internal import Bytes

extension ResponseParser {
    /// What has come of the body, or of the chunk in progress.
    mutating func readBody(_ bytes: RawSpan) throws(ResponseRejection) -> ResponseStep {
        let available = bytes.byteCount - position
        if available == 0 { return .needMore }
        let count = stage == .untilEnd ? available : min(available, piecesLeft)
        // Lengths that were told have been compared with the limit; this one shows as it comes.
        if stage == .untilEnd {
            guard count <= bodyBytesLeft else { throw .bodyTooLarge }
            bodyBytesLeft -= count
        } else {
            piecesLeft -= count
        }
        let start = position
        beginLine(at: start + count)
        if stage != .untilEnd, piecesLeft == 0 {
            stage = stage == .chunkData ? .chunkEnd : .complete
        }
        return .body(start..<(start + count))
    }

    /// The lines between chunks, and the trailers (RFC 9112, 7.1).
    mutating func readChunks(_ bytes: RawSpan) throws(ResponseRejection) -> ResponseStep {
        while true {
            switch stage {
            case .chunkSize: guard try readChunkSize(bytes) else { return .needMore }
            case .chunkEnd: guard try readChunkEnd(bytes) else { return .needMore }
            case .trailers: guard try readTrailer(bytes) else { return .needMore }
            case .complete: return .complete
            default: return try readBody(bytes)
            }
        }
    }

    /// `1*8HEXDIG [chunk-ext] CRLF`.
    /// - Returns: whether the line was there.
    private mutating func readChunkSize(_ bytes: RawSpan) throws(ResponseRejection) -> Bool {
        let allowance = 8 + extensionBytesLeft + 2
        guard let end = try endOfLine(in: bytes, within: allowance, else: .chunkExtensionsTooLong)
        else { return false }
        let digitsEnd = bytes.firstNot(.hexDigit, from: position, to: end)
        guard (1...8).contains(digitsEnd - position) else { throw .invalidChunk }
        var size = 0
        for at in position..<digitsEnd { size = size << 4 | hexValue(bytes[at]) }
        if digitsEnd < end {
            guard end - digitsEnd <= extensionBytesLeft else { throw .chunkExtensionsTooLong }
            extensionBytesLeft -= end - digitsEnd
            guard ChunkExtensions.isValid(bytes, from: digitsEnd, to: end) else {
                throw .invalidChunk
            }
        }
        guard size <= bodyBytesLeft else { throw .bodyTooLarge }
        bodyBytesLeft -= size
        piecesLeft = size
        beginLine(at: end + 2)
        stage = size == 0 ? .trailers : .chunkData
        return true
    }

    /// The CRLF behind a chunk.
    private mutating func readChunkEnd(_ bytes: RawSpan) throws(ResponseRejection) -> Bool {
        let available = bytes.byteCount - position
        if available > 0, bytes[position] != Byte.carriageReturn { throw .invalidChunk }
        if available > 1, bytes[position + 1] != Byte.lineFeed { throw .invalidChunk }
        guard available > 1 else { return false }
        beginLine(at: position + 2)
        stage = .chunkSize
        return true
    }

    /// Trailers must be fields and within the head's limits; what they say is dropped.
    private mutating func readTrailer(_ bytes: RawSpan) throws(ResponseRejection) -> Bool {
        guard let end = try endOfLine(in: bytes, within: trailerBytesLeft, else: .headTooLarge)
        else { return false }
        let start = position
        trailerBytesLeft -= end + 2 - start
        beginLine(at: end + 2)
        if end == start {
            stage = .complete
        } else {
            _ = try Self.endOfName(bytes, from: start, to: end)
        }
        return true
    }
}
