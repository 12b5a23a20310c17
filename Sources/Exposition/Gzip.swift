package import Bytes
internal import CZlib

/// Compresses answers into gzip members (RFC 1952). One compressor serves all of them, so that
/// zlib's quarter of a megabyte is allocated once.
///
/// One thread at a time owns it.
@safe
package struct Gzip: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable`: this value cannot be copied and alone owns the stream.

    /// The stream, on the heap because zlib's state points back at it; `deinit` frees it.
    private let stream: UnsafeMutablePointer<z_stream>

    /// - Parameter level: 1 (fastest) to 9 (smallest). Metrics shrink tenfold at 1.
    /// - Throws: ``GzipError/noMemory`` if zlib cannot allocate its memory.
    package init(level: Int = 1) throws(GzipError) {
        precondition(level >= 1 && level <= 9, "a level of zlib's")
        unsafe stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // With valid arguments it fails only if memory is short, and then holds none.
        let result = unsafe portillon_deflate_init_gzip(stream, Int32(level))
        if result != Z_OK {
            unsafe stream.deallocate()
            throw .noMemory
        }
    }

    deinit {
        _ = unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Appends `bytes` to `output` as one complete gzip member.
    ///
    /// - Throws: ``GzipError/tooLarge`` from 4 GiB on; ``GzipError/broken(_:)`` if zlib reports an
    ///   error that its documentation rules out. In both cases nothing is appended.
    package mutating func compress(
        _ bytes: RawSpan, into output: inout ByteBuffer
    ) throws(GzipError) {
        guard let length = UInt32(exactly: bytes.byteCount) else { throw .tooLarge }
        guard unsafe deflateReset(stream) == Z_OK else { throw .broken(Z_STREAM_ERROR) }
        let bound = unsafe Int(deflateBound(stream, UInt(length)))
        guard let room = UInt32(exactly: bound) else { throw .tooLarge }
        try unsafe output.append(maximum: bound) { (target) throws(GzipError) -> Int in
            let result = unsafe bytes.withUnsafeBytes { source in
                // zlib only reads through this pointer, although its type allows writes.
                unsafe stream.pointee.next_in = UnsafeMutablePointer(
                    mutating: source.bindMemory(to: UInt8.self).baseAddress)
                unsafe stream.pointee.avail_in = length
                unsafe stream.pointee.next_out =
                    target.bindMemory(to: UInt8.self).baseAddress
                unsafe stream.pointee.avail_out = room
                // One call suffices: the buffer has room for the largest output.
                return unsafe deflate(stream, Z_FINISH)
            }
            guard result == Z_STREAM_END else { throw .broken(result) }
            return unsafe bound - Int(stream.pointee.avail_out)
        }
    }

    /// Begins a member that is made of pieces, see ``append(_:isLast:into:)``.
    package mutating func begin() throws(GzipError) {
        guard unsafe deflateReset(stream) == Z_OK else { throw .broken(Z_STREAM_ERROR) }
    }

    /// Appends a piece to the member that was begun: whoever has the output so far can read the
    /// piece.
    /// - Parameter isLast: ends the member behind the piece, which may be empty.
    /// - Throws: as ``compress(_:into:)``.
    package mutating func append(
        _ bytes: RawSpan, isLast: Bool, into output: inout ByteBuffer
    ) throws(GzipError) {
        guard let length = UInt32(exactly: bytes.byteCount) else { throw .tooLarge }
        // A flush adds a few bytes to what the bound allows for (zlib.h, deflate).
        let bound = unsafe Int(deflateBound(stream, UInt(length))) + 64
        guard let room = UInt32(exactly: bound) else { throw .tooLarge }
        try unsafe output.append(maximum: bound) { (target) throws(GzipError) -> Int in
            let result = unsafe bytes.withUnsafeBytes { source in
                // As above.
                unsafe stream.pointee.next_in = UnsafeMutablePointer(
                    mutating: source.bindMemory(to: UInt8.self).baseAddress)
                unsafe stream.pointee.avail_in = length
                unsafe stream.pointee.next_out =
                    target.bindMemory(to: UInt8.self).baseAddress
                unsafe stream.pointee.avail_out = room
                return unsafe deflate(stream, isLast ? Z_FINISH : Z_SYNC_FLUSH)
            }
            let left = unsafe Int(stream.pointee.avail_out)
            guard result == (isLast ? Z_STREAM_END : Z_OK), left > 0 else {
                throw .broken(result)
            }
            return bound - left
        }
    }
}

/// The errors of ``Gzip``.
package enum GzipError: Error, Equatable {
    /// There is no memory for a compressor.
    case noMemory
    /// The input is larger than one call of zlib accepts.
    case tooLarge
    /// zlib reported an unexpected code.
    case broken(Int32)
}
