import ArgumentParser
import Bytes
import Foundation
internal import Time

/// When the first wave is sent.
struct StartTime: ExpressibleByArgument, Equatable {
    let time: Timestamp

    private static let quarter: Int64 = 900_000

    /// RFC 3339 (5.6), in any offset; a fraction of a second is cut off.
    ///
    /// Foundation's own parser takes a thirtieth of February for the second of March: only what
    /// reads the same when it is written again is a date.
    init?(argument: String) {
        let form =
            #/
            ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}) (?:\.[0-9]+)?
            (?: Z | ([+-]) ([0-9]{2}) : ([0-9]{2}))
            /#
        guard let parts = argument.wholeMatch(of: form)?.output else { return nil }
        let local = parts.1 + "Z"
        // What is no date is answered with nil.
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

    /// The first full quarter of an hour that is not before a time.
    init(quarterFrom time: Timestamp) {
        let past = time.milliseconds % Self.quarter
        let missing = past > 0 ? Self.quarter - past : -past
        self.time = time.advanced(byMilliseconds: missing)
    }

    static var now: Timestamp {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    }
}
