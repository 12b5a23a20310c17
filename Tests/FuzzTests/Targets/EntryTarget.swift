import Bytes
import Ledger
import Wire

@testable import Gateway

/// The body of an entry, as a worker reads it.
///
/// Every range lies in the body; what is without fault is within the limits; what says that the
/// consents were given is only so where each stands there.
enum EntryTarget {
    @Sendable static func run(_ input: [UInt8]) throws {
        try input.withSpan { try check($0, input) }
    }

    private static func check(_ bytes: RawSpan, _ input: [UInt8]) throws {
        let name = Array("\"ticket\"".utf8)
        // A name can be written with escapes: where there are some, there may be one. Behind an
        // escape in a member's name come its digits, a quote, a colon, a value and a brace.
        let escape = Array("\\u".utf8)
        let isThere =
            input.firstRange(of: name) != nil
            || input.dropLast(name.count - escape.count).firstRange(of: escape) != nil
        let isMentioned = Ticket.isMentioned(in: bytes)
        try require(isMentioned == isThere, "a ticket's name is overlooked, or seen elsewhere")
        var document = JSONDocument(nodeCapacity: 64)
        if document.parse(bytes) != nil { return }
        let limits = Limits()
        var decoded = ByteBuffer(capacity: 16)
        let request = EntryRequest(
            document, in: bytes, limits: EntryLimits(limits), decoded: &decoded)
        try require(isMentioned || request.ticket.range.isEmpty, "a ticket is overlooked")
        try require(request.fieldErrors.count <= 8, "\(request.fieldErrors.count) faults")
        try require(request.fields.range.upperBound <= input.count, "fields behind the body")
        for text in [
            request.participant, request.source, request.ticket, request.secondKey, request.altcha,
        ] {
            let space = text.isDecoded ? decoded.count : input.count
            try require(text.range.range.upperBound <= space, "a part behind its text")
        }
        guard request.fieldErrors.isEmpty else { return }
        let length = Int(request.participant.range.count)
        try require(
            (1...limits.participantBytes).contains(length), "a participant of \(length) bytes")
        try require(
            Int(request.source.range.count) <= LedgerLimits.sourceBytes, "source too long")
        try require(Int(request.fields.count) <= limits.fieldsBytes, "fields that are too long")
        try require(Int(request.ticket.range.count) <= 1_024, "a ticket that is too long")
        if !request.fields.isEmpty {
            var inner = JSONDocument(nodeCapacity: 16)
            let failure = inner.parse(bytes.extracting(request.fields.range))
            try require(
                failure == nil && inner.node(0).kind == .object, "fields that are no object")
        }
        try checkConsents(request, document, bytes)
    }

    private static func checkConsents(
        _ request: EntryRequest, _ document: borrowing JSONDocument, _ bytes: RawSpan
    ) throws {
        var reader = ConsentReader()
        var given: [String] = []
        if let consents = request.consents {
            var element = consents + 1
            while element < Int(document.node(consents).next) {
                given.append(document.text(document.node(element), from: bytes) ?? "")
                element = Int(document.node(element).next)
            }
        }
        var distinct: [String] = []
        for consent in given
        where !distinct.contains(where: { Array($0.utf8) == Array(consent.utf8) }) {
            distinct.append(consent)
        }
        for needed in [[], ["rules"], ["rules", "age"], distinct] {
            let expected = needed.allSatisfy { one in
                given.contains { Array($0.utf8) == Array(one.utf8) }
            }
            let known = KnownConsents(
                OperationSettings(
                    client: "a", title: "t", rule: .once, consents: needed, robots: .off,
                    policy: .advise))
            let missing = reader.read(request, document, in: bytes, known)
            try require((missing == 0) == expected, "consents \(needed) of \(given)")
            try checkRecord(reader.given.bytes, distinct)
        }
    }

    /// The record of the consents has each of them once.
    private static func checkRecord(_ record: RawSpan, _ distinct: [String]) throws {
        try require(record.byteCount <= GivenConsents.maximumBytes, "a record that is too long")
        var consents = GivenConsents(record)
        var names: [String] = []
        while let consent = try consents.next() {
            names.append(record.extracting(consent.name).text)
        }
        try require(
            names.map { Array($0.utf8) } == distinct.map { Array($0.utf8) },
            "\(names) of \(distinct)")
    }
}
