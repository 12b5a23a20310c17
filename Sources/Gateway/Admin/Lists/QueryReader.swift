internal import Bytes
internal import Foundation
internal import Ledger
internal import Time
internal import Wire

/// Reads the parameters of a query, and collects everything that is wrong with them, so that one
/// answer names it all.
struct QueryReader {
    private var values: [String: String] = [:]
    private var fieldErrors: [FieldError] = []

    /// - Parameter query: as it was sent, without the question mark.
    init(_ query: String) {
        for part in query.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = String(pair[0]).removingPercentEncoding,
                let value = (pair.count > 1 ? String(pair[1]) : "").removingPercentEncoding
            else {
                addError(String(pair[0]), "Must be percent-encoded UTF-8.")
                continue
            }
            if values.updateValue(value, forKey: name) != nil {
                addError(name, "Must be given once.")
            }
        }
    }

    /// An identifier; nil without one.
    mutating func identifier(_ name: String) -> String? {
        guard let text = values.removeValue(forKey: name) else { return nil }
        if !Identifier.isValid(text) {
            addError(name, "Must match [a-z0-9][a-z0-9-]{0,63}.")
        }
        return text
    }

    /// One of these words; nil without one.
    mutating func choice(_ name: String, of words: [String]) -> String? {
        guard let text = values.removeValue(forKey: name) else { return nil }
        if !words.contains(text) {
            addError(
                name,
                "Must be one of \(words.map { "\"\($0)\"" }.joined(separator: ", ")).")
        }
        return text
    }

    /// An RFC 3339 time; nil without one.
    mutating func time(_ name: String) -> Timestamp? {
        guard let text = values.removeValue(forKey: name) else { return nil }
        let time = Timestamp(rfc3339: text)
        if time == nil { addError(name, "Must be an RFC 3339 time, such as 2026-11-20T12:00:00Z.") }
        return time
    }

    /// A month; nil without one.
    mutating func month(_ name: String) -> CivilMonth? {
        guard let text = values.removeValue(forKey: name) else { return nil }
        let month = CivilMonth(text)
        if month == nil { addError(name, "Must be a month, such as 2026-11.") }
        return month
    }

    /// A whole number; nil without one.
    /// - Parameters:
    ///   - demand: what is said of any other text: "Must be …".
    ///   - allowsEmpty: a parameter without a value counts as absent.
    mutating func integer(
        _ name: String, _ range: ClosedRange<Int>, _ demand: String, allowsEmpty: Bool = false
    ) -> Int? {
        guard let text = values.removeValue(forKey: name) else { return nil }
        if allowsEmpty, text.isEmpty { return nil }
        let isPlain = text.utf8.allSatisfy(ASCII.isDigit)
        guard isPlain, let number = Int(text), range.contains(number) else {
            addError(name, demand)
            return nil
        }
        return number
    }

    /// Ends the reading: unknown parameters are faults too.
    /// - Throws: ``Problem`` 422 with every fault.
    mutating func finish() throws(Problem) {
        for name in values.keys.sorted() { addError(name, "Unknown parameter; remove it.") }
        if !fieldErrors.isEmpty { throw .wrongQuery(fieldErrors) }
    }

    /// Enough to mend a request by.
    private static var maximumFieldErrors: Int { 32 }

    mutating func addError(_ name: String, _ detail: String) {
        if fieldErrors.count == Self.maximumFieldErrors { return }
        fieldErrors.append(
            FieldError(pointer: "/" + FieldError.pointerToken(name), detail: detail))
    }
}

extension AdminCall {
    var queryReader: QueryReader { QueryReader(request.query) }

    /// The page of a list that the query asks for, where it asks for nothing else.
    func pageRequest() throws(Problem) -> PageRequest {
        var query = queryReader
        let page = PageRequest(&query)
        try query.finish()
        return page
    }
}

extension Problem {
    static func wrongQuery(_ fieldErrors: [FieldError]) -> Problem {
        Problem(
            .unprocessableContent, "wrong_query", "Wrong query",
            "The query has parameters of the wrong shape; errors lists each fault.",
            fieldErrors: fieldErrors)
    }
}
