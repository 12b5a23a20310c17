internal import Bytes

/// What a participant's string looks like, without what it says: a worker reads it in one pass, and
/// hands over these few numbers.
///
/// The part before the last `@` is the local part, what follows is the domain; a string without `@`
/// is all local part. Hashes are of 32 bits, without a key; 0 stands for what is absent.
package struct ParticipantShape: BitwiseCopyable, Equatable, Sendable {
    /// The string as a template would have it: letters in lower case, a run of digits as one sign,
    /// without dots and without what follows a `+` in the local part, with the domain. 0 for a
    /// string without letters, and for an opaque one.
    package private(set) var stem: UInt32 = 0
    /// The classes of the local part's runs: initial letters, words, digits by their number, the
    /// separators themselves.
    package private(set) var pattern: UInt32 = 0
    /// What follows the last `@`, in lower case.
    package private(set) var domain: UInt32 = 0
    /// The local part's first word of two letters or more; 0 if it has only one.
    package private(set) var firstWord: UInt32 = 0
    /// The last six letters of its last word of two letters or more: of `jeanpetit` as of
    /// `jean.petit`, nearly a last name.
    package private(set) var lastWord: UInt32 = 0
    /// The local part's last run of digits, also one behind a `+`: its last nine digits.
    package private(set) var number: UInt32 = 0
    /// How many digits that run has, at most 255.
    package private(set) var digits: UInt8 = 0
    /// The longest run of consonants in the local part, at most 6: letters that are drawn have
    /// longer ones than names of any language.
    package private(set) var consonants: UInt8 = 0
    /// Letters and digits alternate so often that it is an identifier nobody chose: a UUID, a hash.
    package private(set) var isOpaque = false

    /// So many changes between letters and digits make an identifier opaque.
    static let opaqueChanges = 5

    package init() {}

    /// Reads a participant. Every byte beyond ASCII counts as a letter.
    /// - Complexity: one pass, no allocation.
    package init(_ participant: RawSpan) {
        var reader = ShapeReader()
        reader.read(participant)
        self = reader.finish()
    }

    /// - Parameters are what a ``ShapeReader`` has found, on this machine or another one.
    package init(
        stem: UInt32, pattern: UInt32, domain: UInt32, words: (first: UInt32, last: UInt32),
        number: UInt32, digits: UInt8, consonants: UInt8, isOpaque: Bool
    ) {
        self.stem = stem
        self.pattern = pattern
        self.domain = domain
        firstWord = words.first
        lastWord = words.last
        self.number = number
        self.digits = digits
        self.consonants = consonants
        self.isOpaque = isOpaque
    }
}
