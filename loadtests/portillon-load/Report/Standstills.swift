/// When the machine under the runner did not run, as ``StandstillMeter`` noticed it.
struct Standstills: Codable, Sendable, Equatable {
    var count: Int
    var longestMs: Double
    /// The share of the traffic's time in which a core or more stood still.
    var share: Double
    /// Whether it was looked at with real-time priority. Without it a busy core counts as well, and
    /// nothing is judged by these figures.
    var isRealTime: Bool
    /// The share of processor time that the host gave to others, as it tells the kernel (`steal`);
    /// nil where it tells nothing. A budget that the host holds a machine to is not in it.
    var stealShare: Double?

    /// A machine that stands still for longer than this share of the time spoils a p99: a request
    /// that meets a standstill waits for its end, and half of the slowest hundredth would be those.
    static let longestShare = 0.005

    /// Whether the slowest answers say more about the machine than about the gateway.
    var spoilsTails: Bool { isRealTime && share > Self.longestShare }

    /// By what a tail was judged all the same.
    /// - Parameters:
    ///   - share: of the answers that were looked at.
    ///   - ofAll: the figure of all of them.
    func note(share: Double, ofAll figure: String) -> String {
        let percent = NumberFormat.terminal.decimal(share * 100, places: 0)
        return "\(reason): of the \(percent) % that were due apart from that; \(figure) of all"
    }

    /// `the machine stood still 1.8 % of the time`
    var reason: String {
        "the machine stood still \(NumberFormat.terminal.decimal(share * 100, places: 1)) % "
            + "of the time"
    }
}
