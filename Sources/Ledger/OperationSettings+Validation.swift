import Bytes

extension OperationSettings {
    /// Checks everything that can be checked without knowing other operations or clients.
    /// - Throws: ``CommandRefusal/invalid(pointer:detail:)`` for the first field that is not valid.
    func validate() throws(CommandRefusal) {
        guard Identifier.isValid(client) else {
            throw .invalid(pointer: "/client", detail: "must be an identifier")
        }
        try Field.requireText(title, 1...LedgerLimits.titleBytes, at: "/title")
        if let opens, let closes, opens >= closes {
            throw .invalid(pointer: "/closes", detail: "must be after `opens`")
        }
        try Field.requireText(timeZone, 1...LedgerLimits.timeZoneBytes, at: "/time_zone")
        if let minimumAge, !(0...LedgerLimits.minimumAge).contains(minimumAge) {
            throw .invalid(
                pointer: "/minimum_age", detail: "must be from 0 to \(LedgerLimits.minimumAge)")
        }
        try Field.requireList(
            consents, atMost: LedgerLimits.consents, bytes: LedgerLimits.consentBytes,
            at: "/consents")
        try Field.requireList(
            allowedOrigins, atMost: LedgerLimits.allowedOrigins, bytes: LedgerLimits.originBytes,
            at: "/allowed_origins")
    }
}

/// The checks that several fields share.
enum Field {
    /// - Throws: `invalid` for a text whose length in bytes is not within `bytes`, or that holds a
    ///   control character: titles and notes go into tables, logs and mails.
    static func requireText(
        _ text: String, _ bytes: ClosedRange<Int>, at pointer: String
    ) throws(CommandRefusal) {
        guard bytes.contains(text.utf8.count) else {
            throw .invalid(
                pointer: pointer,
                detail: "must have \(bytes.lowerBound) to \(bytes.upperBound) bytes")
        }
        guard text.utf8.allSatisfy({ $0 >= ASCII.space && $0 != ASCII.delete }) else {
            throw .invalid(pointer: pointer, detail: "must not have control characters")
        }
    }

    /// A note may be empty, and of several lines; otherwise it is like every text.
    static func requireNote(_ note: String?) throws(CommandRefusal) {
        guard let note else { return }
        guard note.utf8.count <= LedgerLimits.noteBytes else {
            throw .invalid(
                pointer: "/note", detail: "must have at most \(LedgerLimits.noteBytes) bytes")
        }
        let layout: [UInt8] = [ASCII.tab, ASCII.lineFeed, ASCII.carriageReturn]
        guard
            note.utf8.allSatisfy({
                $0 >= ASCII.space && $0 != ASCII.delete || layout.contains($0)
            })
        else { throw .invalid(pointer: "/note", detail: "must not have control characters") }
    }

    /// A list of different texts, each of at least one byte.
    static func requireList(
        _ list: [String], atMost count: Int, bytes: Int, at pointer: String
    ) throws(CommandRefusal) {
        guard list.count <= count else {
            throw .invalid(pointer: pointer, detail: "must have at most \(count) elements")
        }
        for (index, text) in list.enumerated() {
            try requireText(text, 1...bytes, at: "\(pointer)/\(index)")
            guard !list[..<index].contains(text) else {
                throw .invalid(pointer: "\(pointer)/\(index)", detail: "must not be a duplicate")
            }
        }
    }
}
