internal import Bytes
package import Robots

/// Fills ``EntryTraits`` as a worker does.
package enum Traits {
    package static func hash(_ text: String) -> UInt32 {
        var hash = ByteHash()
        text.withBytes { hash.add($0) }
        return hash.folded
    }

    package static func hash64(_ text: String) -> UInt64 {
        UInt64(hash(text)) << 32 | UInt64(hash("2" + text))
    }

    package static func shape(_ participant: String) -> ParticipantShape {
        participant.withBytes { ParticipantShape($0) }
    }

    /// An entry as it is sent: everything but its time.
    package struct Sent: Sendable {
        package var participant: String
        package var fields: String
        package var browser: Browser
        /// An IPv4 address.
        package var address: UInt32
        package var session: UInt64
        /// 0 if unknown.
        package var formMilliseconds: Int
    }

    package static func traits(of sent: Sent, operation: UInt32) -> EntryTraits {
        var traits = EntryTraits(
            operation: operation, key: operation, address: hash64("a\(sent.address)"),
            participant: hash64(sent.participant))
        traits.session = sent.session
        traits.network = hash("n\(sent.address >> 8)")
        traits.head = sent.browser.head
        traits.clientHello = sent.browser.clientHello
        traits.fields = sent.fields.isEmpty ? 0 : hash(sent.fields)
        traits.fieldsBytes = UInt32(sent.fields.utf8.count)
        traits.formMilliseconds = UInt32(clamping: sent.formMilliseconds)
        traits.shape = shape(sent.participant)
        return traits
    }
}
