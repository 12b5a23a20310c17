/// The rate that is promised: 99.9 % (C10).
package struct Commitment: Equatable, Sendable, BitwiseCopyable {
    /// In millionths: 999,000 is 99.9 %. 1...1,000,000.
    package let millionths: Int64

    /// - Returns: `nil` outside the range.
    package init?(millionths: Int64) {
        guard (1...Self.whole).contains(millionths) else { return nil }
        self.millionths = millionths
    }

    private init() { millionths = 999_000 }

    /// 99.9 %.
    package static let standard = Commitment()

    static var whole: Int64 { 1_000_000 }

    /// The share that may be lost, in millionths: 1,000 for 99.9 %.
    var budgetMillionths: Int64 { Self.whole - millionths }

    /// The whole minutes that may be lost of `minutes`.
    package func allowedMinutes(of minutes: Int64) -> Int64 {
        minutes * budgetMillionths / Self.whole
    }
}

extension Commitment: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let found = Commitment(millionths: try container.decode(Int64.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "Must be 1 to 1,000,000 millionths.")
        }
        self = found
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(millionths)
    }
}
