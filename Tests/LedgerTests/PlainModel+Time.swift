import Time

/// Days, numbers and ends.
extension PlainModel {
    func localDay(_ time: Int64, _ table: LocalTime) -> Int64 {
        let offset = table.offsets.last { $0.from.milliseconds <= time } ?? table.offsets[0]
        let local = time + Int64(offset.offsetSeconds) * 1000
        return local >= 0 ? local / 86_400_000 : -((86_399_999 - local) / 86_400_000)
    }

    func acceptedAt(_ entry: Entry) -> Int64 {
        Int64(entry.number / 1_048_576) + 1_577_836_800_000
    }

    func nextNumber(_ time: Int64) -> UInt64 {
        let first = UInt64(time - 1_577_836_800_000) * 1_048_576
        return first > lastNumber ? first : lastNumber + 1
    }

    /// Good until it expires, within a quarter of an hour, and once.
    func isGood(_ challenge: Challenge, at time: Int64) -> Bool {
        let end = Int64(challenge.expires) * 1_000
        guard let number = challenge.number, time < end, end - time <= 900_000 else { return false }
        return !used.contains(number)
    }
}
