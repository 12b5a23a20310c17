internal import Bytes

/// A JSON text that is being written, and what is open in it.
///
/// A container is not told that it is complete. So what is open is closed when something around it
/// goes on.
struct JSONOutputText: ~Copyable {
    private var buffer = ByteBuffer(capacity: 4_096)
    private var open: [Bracket] = []

    /// An object or an array that is open.
    private struct Bracket {
        let end: UInt8
        var isEmpty = true
    }

    /// Bytes so far.
    var count: Int { buffer.count }

    /// How many objects and arrays are open.
    var depth: Int { open.count }

    /// The whole text, after the value has been written.
    var bytes: [UInt8] { buffer.bytes.array }

    // MARK: Structure

    /// Begins an object, or goes on with the one that the same value has begun.
    mutating func beginObject(at depth: Int) { begin(0x7B, end: 0x7D, at: depth) }

    mutating func beginArray(at depth: Int) { begin(0x5B, end: 0x5D, at: depth) }

    private mutating func begin(_ start: UInt8, end: UInt8, at depth: Int) {
        if open.count > depth {
            close(to: depth + 1)
            precondition(open[depth].end == end, "a value is an object or an array, not both")
            return
        }
        buffer.append(start)
        open.append(Bracket(end: end))
    }

    /// Begins a member of the object that is the innermost of `depth`.
    mutating func beginMember(_ name: String, at depth: Int) {
        beginElement(at: depth)
        write(name)
        buffer.append(0x3A)
    }

    /// Begins an element of the array that is the innermost of `depth`.
    mutating func beginElement(at depth: Int) {
        close(to: depth)
        if !open[depth - 1].isEmpty { buffer.append(0x2C) }
        open[depth - 1].isEmpty = false
    }

    mutating func close(to depth: Int) {
        while open.count > depth { buffer.append(open.removeLast().end) }
    }

    // MARK: Scalars

    mutating func writeNull() { buffer.append("null") }

    mutating func write(_ value: Bool) { buffer.append(value ? "true" : "false") }

    mutating func write(_ value: Double) { buffer.append(json: value) }

    /// As short as a `Float` needs, which the same number as a `Double` is not.
    mutating func write(_ value: Float) {
        buffer.append(json: Double(value.description) ?? Double(value))
    }

    mutating func write(_ value: String) { buffer.append(jsonString: value) }

    mutating func write(integer value: some BinaryInteger) {
        if value < 0 { buffer.append(0x2D) }
        buffer.append(decimal: UInt64(value.magnitude))
    }
}
