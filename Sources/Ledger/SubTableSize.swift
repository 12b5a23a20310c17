/// How large a ``SubTable`` is made for the keys that it settles.
///
/// Of the 32 bytes that a participant may take, 28 are the slot. The rest pays for the gaps between
/// the settled keys, and whatever is then left is room for recent ones: the more of it, the fewer
/// mergers. A part is at its most roomy when it is new, so the promise is kept there or nowhere.
enum SubTableSize {
    /// A fingerprint, an entry's number, a participant's number.
    static var slotBytes: Int { 28 }
    static var pageBytes: Int { 4096 }
    /// Slots behind the recent keys' homes. At seven eighths full, a longer run at the end is one
    /// in fifty, and makes the merger come a little early.
    static var recentSlack: Int { 16 }

    /// At 21 of 22 homes in use a search looks at some ten slots, side by side.
    static func settledHomes(keys: Int) -> Int {
        max(1, keys + keys / 21)
    }

    /// Whole pages, as many as 31.8 bytes a key allow; more for a few keys, which are to have some
    /// room as well.
    static func mappedBytes(keys: Int, slack: Int) -> Int {
        let minimum = (settledHomes(keys: keys) + slack + 64) * slotBytes
        let allowed = keys / 5 * 159
        return max(allowed / pageBytes, (minimum + pageBytes - 1) / pageBytes) * pageBytes
    }
}
