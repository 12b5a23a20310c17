internal import Bytes
internal import Ledger
internal import Wire

/// The consents that an operation's settings name, as an entry's record holds them
/// (``GivenConsents``): those that it requires first, then others that it gives a text for.
struct KnownConsents: ~Copyable, Sendable {
    /// One record for each, end to end.
    private let records: ByteBuffer
    private let ranges: [Range<Int>]
    /// How many of them an entry must give; at most 16.
    let required: Int

    init(_ settings: OperationSettings) {
        var records = ByteBuffer(capacity: 64)
        var ranges: [Range<Int>] = []
        let texts = settings.consentTexts ?? [:]
        let others = texts.keys.filter { !settings.consents.contains($0) }.sorted()
        for consent in settings.consents + others {
            let start = records.count
            records.append(UInt8(consent.utf8.count))
            records.append(consent)
            if let digest = texts[consent].flatMap({ KeyDigest(hex: $0) }) {
                let words = [digest.words.0, digest.words.1, digest.words.2, digest.words.3]
                records.append(UInt8(words.count * 8))
                for word in words { records.append(littleEndian: word.byteSwapped) }
            } else {
                records.append(UInt8(0))
            }
            ranges.append(start..<records.count)
        }
        self.records = records
        self.ranges = ranges
        required = settings.consents.count
    }

    /// A bit for each required consent.
    var allRequired: UInt16 { UInt16((1 << UInt32(required)) - 1) }

    /// The place of the consent with this code.
    func index(of code: RawSpan) -> Int? {
        for index in ranges.indices where self.code(at: index).equals(code) { return index }
        return nil
    }

    /// The code of the consent at this place.
    @_lifetime(borrow self)
    func code(at index: Int) -> RawSpan {
        let range = ranges[index]
        let length = Int(records.bytes[range.lowerBound])
        return records.bytes.extracting(range.lowerBound + 1..<range.lowerBound + 1 + length)
    }

    /// Appends the code of the consent at this place, as JSON.
    func append(codeAt index: Int, to text: inout ByteBuffer) {
        text.append(jsonString: code(at: index))
    }

    /// Its record.
    @_lifetime(borrow self)
    func record(at index: Int) -> RawSpan { records.bytes.extracting(ranges[index]) }
}
