import AllocationCounter
import Bytes
import Testing

@testable import Robots

@Suite(
    "Judging allocates nothing",
    .enabled(if: allocation_counter_counts(), "sanitizers have a malloc of their own"))
struct AllocationTests {
    @Test(
        "a thousand verdicts, of a browser and of robots",
        .disabled(
            if: _isDebugAssertConfiguration(),
            "without optimisation, Swift allocates for closures: loadtests/trials runs it"))
    func judging() {
        let detector = RobotDetector(.shipped)
        var odd = Head.chromium()
        odd.headers.sort { $0.name < $1.name }
        odd["user-agent"] = "Mozilla/5.0 (compatible; Bot/1.0; http://a.example) curl/8.0"
        for head in [Head.chromium(), odd, Head(userAgent: "node"), Head([])] {
            let (bytes, fields) = head.written
            var weight = 0
            let before = allocation_counter_of_this_thread()
            for _ in 0..<1_000 {
                let verdict = unsafe detector.judge(
                    bytes.span.bytes, fields.span, head.traits, over: head.transport)
                weight += Int(verdict.weight)
            }
            #expect(allocation_counter_of_this_thread() == before)
            #expect(weight >= 0)
        }
    }
}
