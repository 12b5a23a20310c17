import Bytes
import Cryptography
import Ledger

@testable import Gateway

/// Tickets: what was not given is not taken.
///
/// A text is taken only if it is, byte for byte, what is written for the same number. A ticket that
/// was given is read as what it is; changed in any place, or of somebody else, it is nothing.
enum TicketTarget {
    private static let person = Fingerprint(high: 0x1234, low: 0x5678)
    private static let stranger = Fingerprint(high: 0x1234, low: 0x5679)
    private static var key: SipKey { Array(UInt8(0)..<16).withBytes { SipKey($0) } }

    @Sendable static func run(_ input: [UInt8]) throws {
        try checkText(input)
        var reader = InputReader(input)
        let ticket = Ticket(epoch: reader.word(bytes: 8), number: reader.word(bytes: 8))
        var text = write(ticket)
        try require(text.count == Ticket.textBytes, "a ticket of \(text.count) bytes")
        let back = read(text, for: person)
        try require(
            back?.epoch == ticket.epoch && back?.number == ticket.number, "a ticket got lost")
        try require(read(text, for: stranger) == nil, "somebody else's ticket is taken")
        let place = Int(reader.byte()) % text.count
        let change = reader.byte()
        text[place] ^= change
        try require((read(text, for: person) != nil) == (change == 0), "a changed ticket is taken")
    }

    private static func checkText(_ text: [UInt8]) throws {
        guard let ticket = read(text, for: person) else { return }
        try require(write(ticket) == text, "a ticket that is written otherwise")
    }

    private static func read(_ text: [UInt8], for person: Fingerprint) -> Ticket? {
        var hasher = KeyedHasher()
        var scratch = ByteBuffer(capacity: 32)
        return text.withBytes {
            Ticket(text: $0, for: person, key: key, &hasher, scratch: &scratch)
        }
    }

    private static func write(_ ticket: Ticket) -> [UInt8] {
        var hasher = KeyedHasher()
        var buffer = ByteBuffer(capacity: 43)
        ticket.append(to: &buffer, for: person, key: key, &hasher)
        return buffer.bytes.array
    }
}
