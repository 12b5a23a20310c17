internal import Bytes
internal import Ledger
internal import Wire

/// Reads which consents an entry gives; keeps its buffers from entry to entry.
struct ConsentReader: ~Copyable {
    /// The consents of the entry that was read last, each once, as its record holds them.
    private(set) var given = ByteBuffer(capacity: 256)
    /// One consent, decoded.
    private var code = ByteBuffer(capacity: LedgerLimits.consentBytes)

    /// Reads the consents of an entry without field errors into ``given``.
    /// - Returns: a bit for each required consent that is missing, in the settings' order.
    mutating func read(
        _ entry: EntryRequest, _ document: borrowing JSONDocument, in bytes: RawSpan,
        _ known: borrowing KnownConsents
    ) -> UInt16 {
        given.removeAll()
        guard let array = entry.consents else { return known.allRequired }
        var seen: UInt32 = 0
        var element = array + 1
        while element < document.node(array).next {
            let node = document.node(element)
            element = Int(node.next)
            code.removeAll()
            document.appendDecoded(node, from: bytes, to: &code)
            if let index = known.index(of: code.bytes) {
                guard seen & 1 << UInt32(index) == 0 else { continue }
                seen |= 1 << UInt32(index)
                given.append(known.record(at: index))
            } else {
                Self.append(code, to: &given)
            }
        }
        return known.allRequired & ~UInt16(truncatingIfNeeded: seen)
    }

    /// Appends a consent that the settings do not name, unless it is there.
    private static func append(_ code: borrowing ByteBuffer, to given: inout ByteBuffer) {
        var offset = 0
        while offset < given.count {
            let length = Int(given.bytes[offset])
            let name = given.bytes.extracting(offset + 1..<offset + 1 + length)
            if name.equals(code.bytes) { return }
            offset += 1 + length
            offset += 1 + Int(given.bytes[offset])
        }
        given.append(UInt8(code.count))
        given.append(code.bytes)
        given.append(UInt8(0))
    }
}
