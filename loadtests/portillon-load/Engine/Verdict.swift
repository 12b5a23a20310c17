import Bytes

/// What an answer said, as far as the runner needs it.
enum Verdict: Int, CaseIterable, Sendable {
    case accepted, repeated, waiting, challenged, refused, suspended, closed, overloaded

    /// As it stands in answers and reports.
    var name: String { "\(self)" }

    /// Reads the `verdict` of an answer's body.
    /// - Returns: nil where it has none, or one that is not known here.
    init?(in body: RawSpan) {
        guard let start = body.end(ofFirst: #""verdict":""#) else { return nil }
        for verdict in Verdict.allCases where body.continues(verdict.text, at: start) {
            self = verdict
            return
        }
        return nil
    }

    /// With the quote that ends it, so that no name is the beginning of another.
    private var text: StaticString {
        switch self {
        case .accepted: #"accepted""#
        case .repeated: #"repeated""#
        case .waiting: #"waiting""#
        case .challenged: #"challenged""#
        case .refused: #"refused""#
        case .suspended: #"suspended""#
        case .closed: #"closed""#
        case .overloaded: #"overloaded""#
        }
    }
}

extension RawSpan {
    /// Whether these bytes stand at an offset.
    func continues(_ text: StaticString, at offset: Int) -> Bool {
        let length = text.utf8CodeUnitCount
        guard offset + length <= byteCount else { return false }
        // Safe: a static text lives for ever, and `index` is within it.
        for index in 0..<length where unsafe self[offset + index] != text.utf8Start[index] {
            return false
        }
        return true
    }

    /// Where the first occurrence of a text ends; nil without one.
    func end(ofFirst text: StaticString, from start: Int = 0) -> Int? {
        let first = unsafe text.utf8Start[0]
        let last = byteCount - text.utf8CodeUnitCount
        var offset = start
        while offset <= last {
            if self[offset] == first, continues(text, at: offset) {
                return offset + text.utf8CodeUnitCount
            }
            offset += 1
        }
        return nil
    }

    /// The decimal number at an offset; nil where there is none, or it is over 18 digits.
    func decimal(at offset: Int) -> Int? {
        var value = 0
        var index = offset
        while index < byteCount, self[index] &- 0x30 <= 9, index - offset < 18 {
            value = value * 10 + Int(self[index] - 0x30)
            index += 1
        }
        return index > offset ? value : nil
    }
}
