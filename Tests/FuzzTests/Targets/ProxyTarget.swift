import Bytes
import Wire

/// What a connection brings that is to begin with a PROXY header, of either version.
///
/// - A prefix of a header is waited for, more behind it changes nothing, and what was refused stays
///   refused for the same reason.
/// - Nothing is waited for behind the limit.
/// - A header is taken where a second reading of the specification has one, and says the same.
enum ProxyTarget {
    /// The shortest that there can be, and the shortest that can be set.
    private static let limits = [ProxyHeader.longestLine, 232]

    @Sendable static func run(_ input: [UInt8]) throws {
        for limit in limits {
            let whole = parse(input, limit)
            try require(whole != .needMore || input.count < limit, "waits behind the limit")
            let model = ProxyModel.header(input, limit: limit)
            if case .complete(let header) = whole {
                try require(header == model, "\(header), and not \(String(describing: model))")
            } else {
                try require(model == nil, "a header is overlooked: \(String(describing: model))")
            }
            try checkPrefixes(of: input, limit, whole)
        }
    }

    private static func checkPrefixes(
        of input: [UInt8], _ limit: Int, _ whole: ProxyHeader.Step
    ) throws {
        var told = ProxyHeader.Step.needMore
        for count in 0..<input.count {
            let step = parse(Array(input.prefix(count)), limit)
            try require(told == .needMore || step == told, "\(told), then \(step)")
            told = step
        }
        try require(told == .needMore || told == whole, "\(told), then \(whole)")
        if case .complete(let header) = whole {
            let isFirst = parse(Array(input.prefix(header.byteCount - 1)), limit) == .needMore
            try require(isFirst, "a header that is shorter than it says")
        }
    }

    private static func parse(_ bytes: [UInt8], _ limit: Int) -> ProxyHeader.Step {
        bytes.withBytes { ProxyHeader.parse($0, limit: limit) }
    }
}
