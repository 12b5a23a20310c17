/// A window of a stream that an expectation looks at, while the run goes on.
struct WindowState: Sendable {
    let window: Expectation.Window
    var tally = Tally()
    /// Whether each answer's times are kept, because a few slow ones decide.
    var keepsAnswers = false
    private(set) var answers: [AnswerTimes] = []

    init(_ window: Expectation.Window) { self.window = window }

    /// An answer's times, in microseconds; when its request was due, in nanoseconds.
    mutating func record(due: UInt64, latency: UInt64, service: UInt64) {
        tally.record(latency: latency, service: service)
        guard keepsAnswers else { return }
        answers.append(AnswerTimes(due: due, latency: latency, service: service))
    }
}
