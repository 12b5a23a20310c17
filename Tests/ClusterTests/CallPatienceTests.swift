import Testing

@testable import Cluster

@Suite("How long one try of a call may take")
struct CallPatienceTests {
    @Test("it doubles with each round of members without an answer in time, up to five seconds")
    func grows() {
        var patience = CallPatience(usualSeconds: 0.5, members: 3)
        var seconds: [Double] = []
        for _ in 0..<15 {
            seconds.append(patience.seconds)
            patience.timedOut()
        }
        #expect(seconds == [0.5, 0.5, 0.5, 1, 1, 1, 2, 2, 2, 4, 4, 4, 5, 5, 5])
    }

    @Test("an engine that needs longer goes on to have longer; a quick one does not")
    func followsTheEngine() {
        var patience = CallPatience(usualSeconds: 0.5, members: 1)
        patience.timedOut()
        patience.answered(afterSeconds: 0.6)
        #expect(patience.seconds == 1, "a further call that takes as long is answered")
        patience.timedOut()
        patience.answered(afterSeconds: 0.9)
        #expect(patience.seconds == 1.8)
        patience.answered(afterSeconds: 0.01)
        #expect(patience.seconds == 0.5)
    }

    @Test("a time that is longer from the start stays so")
    func long() {
        var patience = CallPatience(usualSeconds: 60, members: 1)
        patience.timedOut()
        patience.answered(afterSeconds: 1)
        #expect(patience.seconds == 60)
    }
}
