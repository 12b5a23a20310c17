/// How long one try of a call may take: longer with each round of members of which none answered in
/// time, so that a slow engine is waited for in the end; and no longer than it needs where it
/// answers.
///
/// It grows by rounds and not by tries: one member that is cut off is left soon.
struct CallPatience {
    private let usualSeconds: Double
    private let members: Int
    private(set) var seconds: Double
    /// In a row.
    private var timeouts = 0

    /// The most that one try takes.
    private static var maximumSeconds: Double { 5 }

    /// - Parameter usualSeconds: of the first try.
    init(usualSeconds: Double, members: Int) {
        self.usualSeconds = usualSeconds
        self.members = members
        seconds = usualSeconds
    }

    mutating func timedOut() {
        timeouts += 1
        guard timeouts % members == 0 else { return }
        seconds = max(seconds, min(2 * seconds, Self.maximumSeconds))
    }

    /// - Parameter taken: by the try that was answered.
    mutating func answered(afterSeconds taken: Double) {
        timeouts = 0
        seconds = max(usualSeconds, min(seconds, 2 * taken))
    }
}
