internal import Ledger

/// The shape of a JSON value, as the OpenAPI document describes it (JSON Schema 2020-12).
///
/// Each view and each request body has its shape beside it. Tests hold every view against its
/// shape, so that neither changes alone.
indirect enum Shape: Sendable {
    /// Whatever JSON there is.
    case any
    case boolean
    case integer(ClosedRange<Int>)
    case number
    /// Text of so many characters.
    case text(ClosedRange<Int>)
    /// `[a-z0-9][a-z0-9-]{0,63}`
    case identifier
    /// RFC 3339.
    case time
    /// One of these words.
    case choice([String])
    case array(Shape, maximum: Int? = nil)
    /// An object with members of any name.
    case map(Shape)
    /// An object with these members and no others.
    case object([Member])
    /// The shape, or null.
    case nullable(Shape)
    /// The one or the other.
    case either(Shape, Shape)
    /// A shape that the document describes once, under this name.
    case named(String)

    /// One member of an object.
    struct Member: Sendable {
        let name: String
        let shape: Shape
        let isRequired: Bool
        let note: String?
    }

    /// Counts that the ledger keeps: they fit into a JSON number without loss.
    static let count = Shape.integer(0...9_007_199_254_740_991)

    /// One word of an enumeration.
    static func choice<Choice: RawRepresentable & CaseIterable>(of type: Choice.Type) -> Shape
    where Choice.RawValue == String {
        .choice(type.allCases.map(\.rawValue))
    }
}

extension Shape.Member {
    static func required(
        _ name: String, _ shape: Shape, _ note: String? = nil
    ) -> Shape.Member {
        Shape.Member(name: name, shape: shape, isRequired: true, note: note)
    }

    static func optional(
        _ name: String, _ shape: Shape, _ note: String? = nil
    ) -> Shape.Member {
        Shape.Member(name: name, shape: shape, isRequired: false, note: note)
    }
}

// MARK: Bodies that several routes have

extension Shape {
    /// What a person says to it.
    static let noteText = TextLimit.note.shape
    static let publicReason = TextLimit.publicReason.shape
    static let note = Shape.object([.optional("note", .nullable(noteText))])
    static let resumption = Shape.object([
        .optional("note", .nullable(noteText)),
        .optional(
            "confirm", .nullable(.identifier),
            "The name in the path: an admin lifts a definitive suspension so, with a note."),
    ])
}
