internal import Ledger

/// Who must not be named in public: clients, operations, holders of tokens.
///
/// What an operator writes into a title may name somebody. Such a text is left out where everybody
/// reads it. Names are compared word by word, whatever their case and punctuation. People shorten
/// them: of a client's or an operation's the first significant word is enough, of a person's each.
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
            find(client.id, words: 1)
            find(client.name, words: 1)
        }
        for operation in catalogue.operations {
            find(operation.id, words: 1)
            find(operation.settings.title, words: 1)
        }
        for token in catalogue.tokens { find(token.holder.name, words: .max) }
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

    /// - Parameter count: how many of its significant words each name the party by themselves.
    private mutating func find(_ name: String, words count: Int) {
        let words = Self.words(of: name)
        let phrase = words.prefix(Self.longestPhrase).joined(separator: " ")
        for known in [phrase] + words.filter(Self.isSignificant).prefix(count) {
            if let texts = textsByPhrase[known] { naming.formUnion(texts) }
        }
    }

    /// Whether a word tells one party from another: four letters or more, and none that titles of
    /// incidents and names of all kinds have.
    private static func isSignificant(_ word: String) -> Bool {
        word.count >= 4 && !word.contains(where: \.isNumber) && !commonWords.contains(word)
    }

    /// In English and French, in lower case.
    private static let commonWords: Set<String> = [
        "admin", "agence", "agency", "answer", "answers", "association", "auditor", "calendar",
        "calendrier", "campagne", "campaign", "certificate", "client", "clients", "compagnie",
        "company", "concours", "contest", "cannot", "demo", "draw", "entries", "entry", "error",
        "errors", "export", "exports", "fondation", "foundation", "from", "game", "gateway",
        "grand", "grande", "group", "groupe", "help", "incident", "journal", "maintenance",
        "maison", "more", "opération", "operation", "operations", "operator", "page", "pages",
        "participation", "participations", "portillon", "probe", "probes", "production", "robot",
        "robots", "scrape", "scraper", "service", "services", "server", "site", "slow", "société",
        "societe", "staging", "studio", "test", "tests", "tirage", "token", "with",
    ]

    private static func words(of text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
}
