internal import Ledger

/// Who must not be named in public: clients, operations, holders of tokens.
///
/// What an operator writes into a title may name somebody. Such a text is left out where everybody
/// reads it. Names are compared word by word, whatever their case and punctuation.
struct NamedParties {
    /// Every run of words of the texts that were asked about, and the texts with it.
    private var textsByPhrase: [String: Set<String>] = [:]
    private(set) var naming: Set<String> = []

    /// Words of the longest name that is looked for; of a longer one, so many.
    private static var longestPhrase: Int { 12 }

    /// - Parameter texts: those that may name somebody.
    init(in texts: [String], _ catalogue: Catalogue) {
        for text in texts { add(text) }
        if textsByPhrase.isEmpty { return }
        for client in catalogue.clients {
            find(client.id)
            find(client.name)
        }
        for operation in catalogue.operations {
            find(operation.id)
            find(operation.settings.title)
        }
        for token in catalogue.tokens { find(token.holder.name) }
    }

    private mutating func add(_ text: String) {
        // An address of somebody.
        if text.utf8.contains(UInt8(ascii: "@")) { naming.insert(text) }
        let words = Self.words(of: text)
        for first in words.indices {
            for count in 1...Self.longestPhrase where first + count <= words.count {
                let phrase = words[first..<(first + count)].joined(separator: " ")
                textsByPhrase[phrase, default: []].insert(text)
            }
        }
    }

    private mutating func find(_ name: String) {
        let phrase = Self.words(of: name).prefix(Self.longestPhrase).joined(separator: " ")
        if let texts = textsByPhrase[phrase] { naming.formUnion(texts) }
    }

    private static func words(of text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
}
