package import Bytes

extension RequestParser {
    /// The value of a field that is sent once.
    package enum OnlyField: Equatable {
        case missing
        case once(ByteRange)
        case repeated
    }

    /// Looks for a field of any name among those that were sent.
    /// - Parameter name: lower-case letters and hyphens.
    package func only(_ name: StaticString, in bytes: RawSpan) -> OnlyField {
        var found = OnlyField.missing
        let fields = sentFields
        for index in fields.indices
        where bytes.extracting(fields[index].name.range).equals(ignoringCase: name) {
            guard found == .missing else { return .repeated }
            found = .once(fields[index].value)
        }
        return found
    }
}
