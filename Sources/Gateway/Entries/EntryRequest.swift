internal import Bytes
internal import Ledger
internal import Wire

/// The body of an entry's request, checked against the interface: where each part lies in the
/// request's bytes. Nothing is copied but a participant that was written with escapes.
struct EntryRequest {
    /// The participant's bytes; in a buffer of their own where `participantIsDecoded`, else in the
    /// request.
    var participant = ByteRange()
    var participantIsDecoded = false
    /// The text of the `fields` object, braces included; empty where there is none.
    var fields = ByteRange()
    var source = ByteRange()
    /// The ticket's text; empty where there is none, or one that no ticket is written like.
    var ticket = ByteRange()
    var ageConfirmed = false
    /// The node of the `consents` array in the document; nil where there is none.
    var consents: Int?
    /// What is wrong with it, for a 422; empty where all is well.
    var fieldErrors: [FieldError] = []
    /// Enough to mend a request by; a hostile body of a thousand mistakes earns no more.
    private static var maximumFieldErrors: Int { 8 }
    /// Bytes of a ticket: ours are shorter, but a queue's front end may have put something around.
    private static var ticketBytes: Int { 1_024 }
    /// Bytes of a solved challenge.
    private static var altchaBytes: Int { 4_096 }

    /// Reads a document that has been parsed.
    /// - Parameter participantText: takes the participant where it was written with escapes.
    init(
        _ document: borrowing JSONDocument, in bytes: RawSpan, limits: EntryLimits,
        participantText: inout ByteBuffer
    ) {
        let root = document.node(0)
        guard root.kind == .object else {
            fieldErrors.append(FieldError(pointer: "", detail: "Must be a JSON object."))
            return
        }
        var seenParticipant = false
        var index = 1
        while index < root.next {
            let name = document.node(index)
            let value = document.node(index + 1)
            switch member(name, document, bytes) {
            case .participant:
                seenParticipant = true
                readParticipant(value, document, bytes, limits, &participantText)
            case .fields:
                check(value, is: .object, at: "/fields", maximum: limits.fieldsBytes)
                fields = ByteRange(start: value.start, count: value.count)
            case .source:
                check(value, is: .string, at: "/source", maximum: LedgerLimits.sourceBytes)
                if value.hasEscapes {
                    addError("/source", "Must be plain text without escapes.")
                }
                source = ByteRange(start: value.start, count: value.count)
            case .ageConfirmed:
                ageConfirmed = value.kind == .true
                if value.kind != .true && value.kind != .false {
                    addError("/age_confirmed", "Must be true or false.")
                }
            case .consents:
                readConsents(value, at: index + 1, document, bytes)
            case .ticket:
                check(value, is: .string, at: "/ticket", maximum: Self.ticketBytes)
                if !value.hasEscapes { ticket = ByteRange(start: value.start, count: value.count) }
            case .altcha:
                check(value, is: .string, at: "/altcha", maximum: Self.altchaBytes)
            case .unknown:
                if fieldErrors.count < Self.maximumFieldErrors {
                    addError("/" + pointerText(name, document, bytes), "Unknown field; remove it.")
                }
            }
            index = Int(value.next)
        }
        if !seenParticipant { addError("/participant", "Required.") }
    }

    // MARK: Members

    private enum Member {
        case participant, fields, source, ageConfirmed, consents, ticket, altcha, unknown
    }

    private func member(
        _ name: JSONNode, _ document: borrowing JSONDocument, _ bytes: RawSpan
    ) -> Member {
        if document.string(name, equals: "participant", in: bytes) { return .participant }
        if document.string(name, equals: "fields", in: bytes) { return .fields }
        if document.string(name, equals: "source", in: bytes) { return .source }
        if document.string(name, equals: "age_confirmed", in: bytes) { return .ageConfirmed }
        if document.string(name, equals: "consents", in: bytes) { return .consents }
        if document.string(name, equals: "ticket", in: bytes) { return .ticket }
        if document.string(name, equals: "altcha", in: bytes) { return .altcha }
        return .unknown
    }

    private mutating func readParticipant(
        _ value: JSONNode, _ document: borrowing JSONDocument, _ bytes: RawSpan,
        _ limits: EntryLimits, _ scratch: inout ByteBuffer
    ) {
        guard value.kind == .string else {
            addError("/participant", "Must be a string.")
            return
        }
        if value.hasEscapes {
            scratch.removeAll()
            document.appendDecoded(value, from: bytes, to: &scratch)
            participant = ByteRange(0..<scratch.count)
            participantIsDecoded = true
        } else {
            participant = ByteRange(start: value.start, count: value.count)
        }
        if participant.isEmpty || Int(participant.count) > limits.participantBytes {
            addError("/participant", "Must have 1 to \(limits.participantBytes) bytes.")
        }
    }

    private mutating func readConsents(
        _ value: JSONNode, at index: Int, _ document: borrowing JSONDocument, _ bytes: RawSpan
    ) {
        guard value.kind == .array else {
            addError("/consents", "Must be an array of strings.")
            return
        }
        var element = index + 1
        var count = 0
        while element < value.next {
            let node = document.node(element)
            if node.kind != .string {
                addError("/consents/\(count)", "Must be a string.")
            } else if !Self.consentLengths.contains(document.decodedByteCount(node, from: bytes)) {
                addError(
                    "/consents/\(count)", "Must have 1 to \(LedgerLimits.consentBytes) bytes.")
            }
            count += 1
            element = Int(node.next)
        }
        consents = index
        if count > LedgerLimits.consents {
            addError("/consents", "Must have at most \(LedgerLimits.consents) elements.")
        }
    }

    private static var consentLengths: ClosedRange<Int> { 1...LedgerLimits.consentBytes }

    private mutating func check(
        _ value: JSONNode, is kind: JSONNode.Kind, at pointer: String, maximum: Int
    ) {
        if value.kind != kind {
            addError(pointer, kind == .object ? "Must be an object." : "Must be a string.")
        } else if Int(value.count) > maximum {
            addError(pointer, "Must have at most \(maximum) bytes.")
        }
    }

    private mutating func addError(_ pointer: String, _ detail: String) {
        if fieldErrors.count < Self.maximumFieldErrors {
            fieldErrors.append(FieldError(pointer: pointer, detail: detail))
        }
    }

    /// A member's name as a JSON pointer has it (RFC 6901), shortened where it is long.
    private func pointerText(
        _ name: JSONNode, _ document: borrowing JSONDocument, _ bytes: RawSpan
    ) -> String {
        FieldError.pointerToken(String((document.text(name, from: bytes) ?? "").prefix(64)))
    }
}
