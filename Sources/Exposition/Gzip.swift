package import Bytes
internal import CZlib

/// Compresses answers into gzip members (RFC 1952), one after another with one compressor: zlib's
/// memory for one, a quarter of a megabyte, is taken once.
///
/// Owned by one thread at a time.
@safe
package struct Gzip: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable`: the stream is this value's alone, which cannot be copied.

    /// On the heap, because zlib's state points back at it; owned, freed by `deinit`.
    private let stream: UnsafeMutablePointer<z_stream>

    /// - Parameter level: 1, fastest, to 9, smallest. Text of metrics shrinks tenfold at 1.
    /// - Throws: ``GzipError/noMemory`` if zlib cannot have its memory.
    package init(level: Int = 1) throws(GzipError) {
        precondition(level >= 1 && level <= 9, "a level of zlib's")
        unsafe stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // With right arguments it fails for want of memory only, and then holds none.
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
    /// - Throws: ``GzipError/tooLarge`` from 4 GiB on; ``GzipError/broken(_:)`` should zlib report
    ///   what its documentation rules out. Then nothing has been appended.
    package mutating func compress(
        _ bytes: RawSpan, into output: inout ByteBuffer
    ) throws(GzipError) {
        guard let length = UInt32(exactly: bytes.byteCount) else { throw .tooLarge }
        guard unsafe deflateReset(stream) == Z_OK else { throw .broken(Z_STREAM_ERROR) }
        let bound = unsafe Int(deflateBound(stream, UInt(length)))
        guard let room = UInt32(exactly: bound) else { throw .tooLarge }
        try unsafe output.append(maximum: bound) { (target) throws(GzipError) -> Int in
            let result = unsafe bytes.withUnsafeBytes { source in
                // zlib reads through it only, though its type does not say so.
                unsafe stream.pointee.next_in = UnsafeMutablePointer(
                    mutating: source.bindMemory(to: UInt8.self).baseAddress)
                unsafe stream.pointee.avail_in = length
                unsafe stream.pointee.next_out =
                    target.bindMemory(to: UInt8.self).baseAddress
                unsafe stream.pointee.avail_out = room
                // All in one step: the room is as much as it can take.
                return unsafe deflate(stream, Z_FINISH)
            }
            guard result == Z_STREAM_END else { throw .broken(result) }
            return unsafe bound - Int(stream.pointee.avail_out)
        }
    }
}

/// Why ``Gzip`` could not compress.
package enum GzipError: Error, Equatable {
    /// No memory for a compressor.
    case noMemory
    /// More than zlib takes at once.
    case tooLarge
    /// zlib's own code, for what should not happen.
    case broken(Int32)
}
