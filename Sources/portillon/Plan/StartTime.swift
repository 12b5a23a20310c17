import ArgumentParser
import Bytes
import Foundation
internal import Time

/// The time of the first wave.
struct StartTime: ExpressibleByArgument, Equatable {
    let time: Timestamp

    private static let quarter: Int64 = 900_000

    /// Reads RFC 3339 (5.6) in any offset; drops fractions of a second.
    init?(argument: String) {
        guard let time = Timestamp(rfc3339: argument) else { return nil }
        let fraction = (time.milliseconds % 1_000 + 1_000) % 1_000
        self.time = time.advanced(byMilliseconds: -fraction)
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
