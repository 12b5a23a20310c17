import ArgumentParser
import Bytes
import Foundation
internal import Time

/// The time of the first wave.
struct StartTime: ExpressibleByArgument, Equatable {
    let time: Timestamp

    private static let quarter: Int64 = 900_000

    /// Reads RFC 3339 (5.6) in any offset; drops fractions of a second.
    ///
    /// Foundation's parser turns 30 February into 2 March, so a date is valid only if it is the
    /// same when written again.
    init?(argument: String) {
        let form =
            #/
            ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}) (?:\.[0-9]+)?
            (?: Z | ([+-]) ([0-9]{2}) : ([0-9]{2}))
            /#
        guard let parts = argument.wholeMatch(of: form)?.output else { return nil }
        let local = parts.1 + "Z"
        // An invalid date gives nil.
        guard let date = try? Date(String(local), strategy: .iso8601),
            date.formatted(.iso8601) == local
        else { return nil }
        var minutes: Int64 = 0
        if let sign = parts.2, let hour = parts.3, let minute = parts.4 {
            guard let hours = Int64(hour), let rest = Int64(minute), hours < 24, rest < 60 else {
                return nil
            }
            minutes = (sign == "-" ? -1 : 1) * (hours * 60 + rest)
        }
        let seconds = Int64(date.timeIntervalSince1970) - minutes * 60
        time = Timestamp(milliseconds: seconds * 1_000)
    }

    /// The first full quarter of an hour at or after a time.
    init(quarterFrom time: Timestamp) {
        let past = time.milliseconds % Self.quarter
        let missing = past > 0 ? Self.quarter - past : -past
        self.time = time.advanced(byMilliseconds: missing)
    }

    static var now: Timestamp {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    }
}
