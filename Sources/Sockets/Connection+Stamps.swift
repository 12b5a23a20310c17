package import Bytes
internal import CLinux
internal import Glibc

/// Bytes with the time at which the kernel had them, for whoever measures how long an answer took
/// and is not there at once to read it: the load runner.
extension Connection {
    /// Has the kernel note from now on when bytes come. A moment goes by until it does where no
    /// other socket of the machine has asked for it.
    /// - Returns: whether the kernel can.
    package func stampArrivals() -> Bool {
        linux_stamp_arrivals(descriptor) == 0
    }

    /// Reads what has come, up to `maximum` bytes, behind what `buffer` holds, as
    /// ``receive(into:maximum:)`` does.
    /// - Returns: what was found, and when the last of the bytes came, in nanoseconds since 1970 by
    ///   the wall clock; nil where the kernel did not note it, or TLS is in between.
    package func receiveStamped(
        into buffer: inout ByteBuffer, maximum: Int
    ) -> (result: ReceiveResult, stamp: Int64?) {
        if let session { return (session.receive(into: &buffer, maximum: maximum), nil) }
        var result = ReceiveResult.wouldBlock
        var stamp: Int64 = 0
        unsafe buffer.append(maximum: maximum) { room in
            let count = unsafe linux_receive_stamped(
                descriptor, room.baseAddress, room.count, &stamp)
            result = Self.result(of: count)
            return max(count, 0)
        }
        return (result, stamp == 0 ? nil : stamp)
    }
}
