internal import Contract
internal import Time

extension MissingNotice {
    /// One sentence, with the numbers.
    var sentence: String {
        let since = "since \(self.since.rfc3339)"
        let count = Words.grouped(UInt32(clamping: self.count ?? 0))
        let allowed = Words.grouped(UInt32(clamping: self.allowed))
        return switch kind {
        case .cover: "Beyond its cover of \(allowed) \(since) (C2)."
        case .client:
            "Its client's operations together had \(count) participants \(since); \(allowed) need "
                + "no notice (C2)."
        case .campaign:
            "A campaign with the tag \(source ?? "") was not declared \(since): \(count) entries "
                + "within \(windowSeconds ?? 0) s (C1)."
        case .rise:
            "A rise was not announced \(since): \(count) entries within \(windowSeconds ?? 0) s, "
                + "where \(allowed) need no notice (C1, C2)."
        }
    }
}
