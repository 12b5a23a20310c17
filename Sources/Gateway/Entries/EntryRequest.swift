internal import Bytes
internal import Ledger
internal import Robots
internal import Wire

/// The body of an entry's request, checked against the interface: where each part lies in the
/// request's bytes. Nothing is copied but text that was written with escapes.
struct EntryRequest {
    /// The participant's bytes.
    var participant = Text()
    /// The text of the `fields` object, braces included; empty where there is none.
    var fields = ByteRange()
    /// The campaign's tag; empty where there is none.
    var source = Text()
    /// The ticket's text; empty where there is none.
    var ticket = Text()
    /// The household's, device's, … key; empty where there is none.
    var secondKey = Text()
    /// The text of a solved challenge; empty where there is none.
    var altcha = Text()
    var ageConfirmed = false
    /// The node of the `consents` array in the document; nil where there is none.
    var consents: Int?
    /// What is wrong with it, for a 422; empty where all is well.
    var fieldErrors: [FieldError] = []
    /// Where a text lies: in the request, or where it was written with escapes, decoded in a buffer
    /// of the reader's.
    struct Text: BitwiseCopyable {
        var range = ByteRange()
        var isDecoded = false

        /// - Returns: the text, in one of the two that it can lie in.
        @_lifetime(copy json, copy decoded)
        func bytes(_ json: RawSpan, _ decoded: RawSpan) -> RawSpan {
            if isDecoded { return decoded.extracting(range.range) }
            return json.extracting(range.range)
        }
    }

    /// Enough to mend a request by; a hostile body of a thousand mistakes earns no more.
    private static var maximumFieldErrors: Int { 8 }
    /// Bytes of a ticket: ours are shorter, but a queue's front end may have put something around.
    private static var ticketBytes: Int { 1_024 }
    /// Reads a document that has been parsed.
    /// - Parameter decoded: overwritten; takes what was written with escapes.
    init(
        _ document: borrowing JSONDocument, in bytes: RawSpan, limits: EntryLimits,
        decoded: inout ByteBuffer
    ) {
        decoded.removeAll()
        let root = document.node(0)
        guard root.kind == .object else {
            fieldErrors.append(FieldError(pointer: "", detail: "Must be a JSON object."))
            return
        }
        var seenParticipant = false
        var index = 1
        while index < root.next {
            let name = document.node(index)
            let valueIndex = index + 1
            let value = document.node(valueIndex)
            let member = member(name, document, bytes)
            index = Int(value.next)
            // Null is as good as nothing, for every member alike.
            if value.kind == .null, member != .unknown { continue }
            switch member {
            case .participant:
                seenParticipant = true
                readParticipant(value, document, bytes, limits, &decoded)
            case .fields:
                readFields(value, limits)
            case .source:
                source = readText(
                    value, at: "/source", maximum: LedgerLimits.sourceBytes, document, bytes,
                    &decoded)
            case .ageConfirmed:
                ageConfirmed = value.kind == .true
                if value.kind != .true && value.kind != .false {
                    addError("/age_confirmed", "Must be true or false.")
                }
            case .consents:
                readConsents(value, at: valueIndex, document, bytes)
            case .ticket:
                ticket = readText(
                    value, at: "/ticket", maximum: Self.ticketBytes, document, bytes, &decoded)
            case .secondKey: readSecondKey(value, document, bytes, limits, &decoded)
            case .altcha:
                altcha = readText(
                    value, at: "/altcha", maximum: SolutionReader.maximumBytes, document, bytes,
                    &decoded)
            case .unknown: addUnknown(name, document, bytes)
            }
        }
        if !seenParticipant { addError("/participant", "Required.") }
    }

    // MARK: Members

    private enum Member {
        case participant, fields, source, ageConfirmed, consents, ticket, secondKey, altcha
        case unknown
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
        if document.string(name, equals: "second_key", in: bytes) { return .secondKey }
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
        participant = text(value, document, bytes, &scratch)
        let length = Int(participant.range.count)
        if length == 0 || length > limits.participantBytes {
            addError("/participant", "Must have 1 to \(limits.participantBytes) bytes.")
        }
    }

    private mutating func readSecondKey(
        _ value: JSONNode, _ document: borrowing JSONDocument, _ bytes: RawSpan,
        _ limits: EntryLimits, _ decoded: inout ByteBuffer
    ) {
        secondKey = readText(
            value, at: "/second_key", maximum: limits.secondKeyBytes, document, bytes, &decoded)
        if value.kind == .string, secondKey.range.isEmpty {
            addError("/second_key", "Must have 1 to \(limits.secondKeyBytes) bytes.")
        }
    }

    private mutating func readText(
        _ value: JSONNode, at pointer: String, maximum: Int, _ document: borrowing JSONDocument,
        _ bytes: RawSpan, _ decoded: inout ByteBuffer
    ) -> Text {
        guard value.kind == .string else {
            addError(pointer, "Must be a string.")
            return Text()
        }
        let text = text(value, document, bytes, &decoded)
        if Int(text.range.count) > maximum {
            addError(pointer, "Must have at most \(maximum) bytes.")
        }
        return text
    }

    /// Where a string's text lies, escapes decoded.
    private func text(
        _ value: JSONNode, _ document: borrowing JSONDocument, _ bytes: RawSpan,
        _ decoded: inout ByteBuffer
    ) -> Text {
        guard value.hasEscapes else {
            return Text(range: ByteRange(start: value.start, count: value.count))
        }
        let start = decoded.count
        document.appendDecoded(value, from: bytes, to: &decoded)
        return Text(range: ByteRange(start..<decoded.count), isDecoded: true)
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

    private mutating func readFields(_ value: JSONNode, _ limits: EntryLimits) {
        if value.kind != .object {
            addError("/fields", "Must be an object.")
        } else if Int(value.count) > limits.fieldsBytes {
            addError("/fields", "Must have at most \(limits.fieldsBytes) bytes.")
        }
        fields = ByteRange(start: value.start, count: value.count)
    }

    private mutating func addUnknown(
        _ name: JSONNode, _ document: borrowing JSONDocument, _ bytes: RawSpan
    ) {
        if fieldErrors.count < Self.maximumFieldErrors {
            addError("/" + pointerText(name, document, bytes), "Unknown field; remove it.")
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
