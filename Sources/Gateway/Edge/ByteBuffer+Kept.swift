internal import Bytes

extension ByteBuffer {
    /// Appends what another buffer holds: for texts that an object keeps, whose span the compiler
    /// does not let out of the object.
    mutating func append(_ kept: borrowing ByteBuffer) {
        append(kept.bytes)
    }
}
