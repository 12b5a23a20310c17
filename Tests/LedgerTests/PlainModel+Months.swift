import Availability
import Ledger
import Time

extension PlainModel.Operation {
    /// What entries tell of a month.
    func consumption(in interval: Range<Timestamp>) -> Consumption {
        func isWithin(_ entry: PlainModel.Entry) -> Bool {
            let milliseconds = Int64(entry.number >> 20) + 1_577_836_800_000
            return interval.contains(Timestamp(milliseconds: milliseconds))
        }
        let newcomers = Set(people.filter(isWithin).map(\.person))
            .subtracting(people.prefix { !isWithin($0) }.map(\.person))
        return Consumption(
            entries: UInt64(people.count(where: isWithin)), participants: UInt64(newcomers.count),
            robotEntries: UInt64(
                entries.count { $0.countedAs == .robot && isWithin($0) }))
    }

    /// Of the months since the beginning, and the one behind it, the first of which something else
    /// is found than the times of the entries tell.
    func differingMonth(
        until time: Timestamp, _ found: (CivilMonth) -> Consumption
    ) -> String? {
        var month = CivilMonth(at: World.start, in: .utc)
        while month <= CivilMonth(at: time, in: .utc) {
            let other = found(month)
            if other != consumption(in: month.interval(in: .utc)) {
                return "\(month.text): \(other)"
            }
            month = month.next
        }
        return nil
    }
}
