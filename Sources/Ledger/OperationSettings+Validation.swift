import Bytes
internal import Contract

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
        try validateConsentTexts()
        if let publicReason {
            try Field.requireText(
                publicReason, 1...LedgerLimits.publicReasonBytes, at: "/public_reason")
        }
        try Field.requireList(
            allowedOrigins, atMost: LedgerLimits.allowedOrigins, bytes: LedgerLimits.originBytes,
            at: "/allowed_origins")
        for (index, origin) in allowedOrigins.enumerated() {
            if let fault = WebOrigin.fault(in: origin) {
                throw .invalid(pointer: "/allowed_origins/\(index)", detail: fault)
            }
        }
        try validateNetworks()
        // Whether a robot's key is pinned, the gateway says where a person sets the name.
        try Field.requireList(
            allowedRobots, atMost: LedgerLimits.allowedRobots, bytes: RobotFindings.nameBytes,
            at: "/allowed_robots")
        try validateIdentity()
        try secondKey?.validate()
        try cap?.validate()
    }

    /// Whether a text is a network is asked where a person sets it, and not here: a record is valid
    /// whatever notations a version reads.
    private func validateNetworks() throws(CommandRefusal) {
        try Field.requireList(
            networks, atMost: LedgerLimits.networks, bytes: LedgerLimits.networkBytes,
            at: "/networks")
    }

    /// Whether there is a plan for the country is asked where a person sets it, and not here: a
    /// record is valid whatever tables a version has.
    private func validateIdentity() throws(CommandRefusal) {
        guard let country else {
            if identity == .phone {
                throw .invalid(
                    pointer: "/country", detail: "must be given where `identity` is `phone`")
            }
            return
        }
        guard country.utf8.count == 2, country.utf8.allSatisfy({ (0x41...0x5A).contains($0) })
        else {
            throw .invalid(
                pointer: "/country", detail: "must be a country's two capital letters (ISO 3166)")
        }
    }

    /// Whether participants are told apart as by other settings: the country counts for telephone
    /// numbers only.
    func hasIdentity(of other: Self) -> Bool {
        identity == other.identity && (identity != .phone || country == other.country)
    }

    /// What an entry's fingerprints and its flag for the consents depend on: identity, country,
    /// whether there is a second key, and which consents it must give. A worker's settings may
    /// differ from the fold's for a moment: entries that it sends then are not decided.
    package var identityMark: UInt32 {
        var mark: UInt32 = secondKey == nil ? 0 : 1
        switch identity {
        case .opaque: break
        case .email: mark |= 2
        case .phone:
            mark |= 4
            for letter in (country ?? "").utf8.prefix(2) { mark = mark << 8 | UInt32(letter) }
        }
        if consents.isEmpty { return mark }
        // FNV-1a, 32 bits; 0xFF, which is in no text, behind each.
        var hash = 0x811C_9DC5 ^ mark
        for consent in consents {
            for byte in consent.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
            hash = (hash ^ 0xFF) &* 0x0100_0193
        }
        return hash == EntryCommand.recordedMark ? 0 : hash
    }
}

extension OperationSettings {
    private func validateConsentTexts() throws(CommandRefusal) {
        guard let consentTexts else { return }
        guard (1...LedgerLimits.consents).contains(consentTexts.count) else {
            throw .invalid(
                pointer: "/consent_texts",
                detail: "must have 1 to \(LedgerLimits.consents) members")
        }
        for (consent, digest) in consentTexts.sorted(by: { $0.key < $1.key }) {
            let pointer = "/consent_texts/" + Field.pointerToken(consent)
            try Field.requireText(consent, 1...LedgerLimits.consentBytes, at: pointer)
            // One text for one value, so that records are compared byte by byte.
            guard let value = KeyDigest(hex: digest), value.hex == digest else {
                throw .invalid(
                    pointer: pointer,
                    detail:
                        "must be the SHA-256 of the consent's text, 64 lower-case "
                        + "hexadecimal digits"
                )
            }
        }
    }
}

/// The checks that several fields share.
enum Field {
    /// A name as a JSON Pointer has it (RFC 6901, 3).
    static func pointerToken(_ name: String) -> String {
        name.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
            .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
    }

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
        if let note { try requireLines(note, 0...LedgerLimits.noteBytes, at: "/note") }
    }

    /// Of several lines; otherwise like every text.
    static func requireLines(
        _ text: String, _ bytes: ClosedRange<Int>, at pointer: String
    ) throws(CommandRefusal) {
        guard bytes.contains(text.utf8.count) else {
            throw .invalid(
                pointer: pointer,
                detail: bytes.lowerBound == 0
                    ? "must have at most \(bytes.upperBound) bytes"
                    : "must have \(bytes.lowerBound) to \(bytes.upperBound) bytes")
        }
        let layout: [UInt8] = [ASCII.tab, ASCII.lineFeed, ASCII.carriageReturn]
        guard
            text.utf8.allSatisfy({
                $0 >= ASCII.space && $0 != ASCII.delete || layout.contains($0)
            })
        else { throw .invalid(pointer: pointer, detail: "must not have control characters") }
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
