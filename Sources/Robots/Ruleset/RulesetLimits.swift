/// What a ruleset may hold. The tables that are compiled from it grow with these.
enum RulesetLimits {
    /// Bytes of the file.
    static var fileBytes: Int { 1 << 20 }
    /// Rules of the signature layer: each has a place among the hits of a request.
    static var signatureRules: Int { SignatureHits.capacity }
    /// Tools by name, and tells; an evidence's item has 16 bits for a tool.
    static var tools: Int { 4_096 }
    static var tells: Int { 4_096 }
    /// Bytes of one tell: one alone would be anywhere.
    static var tellBytes: ClosedRange<Int> { 2...64 }
    /// Bytes of all tells together: each makes at most one state, 256 bytes of table.
    static var allTellBytes: Int { 24_576 }
    /// Headers by name, the ones that the checks read among them: one word has a bit for each.
    static var headers: Int { 64 }
    /// Letters of a header's name.
    static var headerNameBytes: ClosedRange<Int> { 2...64 }
    /// Headers in the order of one browser.
    static var orderedHeaders: Int { 32 }
    /// Handshakes of tools.
    static var handshakes: Int { 256 }
    /// The largest weight, either way, in natural units.
    static var weight: Double { 50 }
    /// Bytes of a rule's name, or a tool's, in UTF-8; a finding has room for so many.
    static var nameBytes: Int { 64 }
    /// Characters of a sentence.
    static var sentenceCharacters: Int { 200 }
    /// Keys of robots that are pinned: signatures of each are verified, some a second.
    static var pinnedKeys: Int { 16 }
    /// The gateway's own names, and bytes of one.
    static var authorities: Int { 16 }
    static var authorityBytes: ClosedRange<Int> { 1...255 }
    /// Bytes of what a robot sends as `Signature-Agent`.
    static var agentBytes: ClosedRange<Int> { 9...255 }
}
