import Bytes
import Time
import Wire

@testable import Gateway

/// The body of an operator's request: every reader of a field, over whatever is there.
///
/// It is refused with a problem or read, and a time that was read is written as the same time.
enum AdminTarget {
    private enum Word: String, CaseIterable {
        case email, sms
    }

    @Sendable static func run(_ input: [UInt8]) throws {
        var document = JSONDocument(nodeCapacity: 16)
        let isJSON = input.withBytes { document.parse($0) } == nil
        var reader: BodyReader
        do {
            reader = try BodyReader(input)
        } catch {
            try require(error.status.code == (isJSON ? 422 : 400), "refused with \(error.code)")
            return
        }
        try require(isJSON || input.isEmpty, "a body that is no JSON")
        _ = reader.string("name")
        _ = reader.optionalInteger("minimum_age")
        _ = reader.count("recipients")
        _ = reader.nullableCount("per_second")
        _ = reader.flag("definitive")
        _ = reader.strings("consents")
        _ = reader.requiredChoice("channel", default: Word.email)
        for time in [reader.time("starts"), reader.optionalTime("ends")] {
            if let time { try checkTime(time) }
        }
        do { try reader.finish() } catch {
            try require(error.status.code == 422, "refused with \(error.code)")
            try require(!error.fieldErrors.isEmpty, "refused without a fault")
            return
        }
        try require(reader.fieldErrors.isEmpty, "taken with faults")
    }

    /// RFC 3339 has years of four digits; an offset may bring it a day beyond them.
    static func checkTime(_ time: Timestamp) throws {
        let year = time.civil.year
        try require((-1...10_000).contains(year), "year \(year)")
        guard (0...9_999).contains(year) else { return }
        try require(Timestamp(rfc3339: time.rfc3339) == time, "\(time.rfc3339) is another time")
    }
}
