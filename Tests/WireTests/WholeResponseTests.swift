import Bytes
import TestSupport
import Testing

@testable import Wire

@Suite("Whole answers are read from their bytes")
struct WholeResponseTests {
    private func read(_ text: String) -> WholeResponse.Reading {
        text.withBytes { WholeResponse.read($0) }
    }

    private let whole =
        "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n"
        + "{\"a\":\"bcde\"}"

    @Test("a whole answer is read, whatever follows")
    func wholeAnswer() {
        for rest in ["", "HTTP/1.1 200"] {
            guard case .complete(let answer) = read(whole + rest) else {
                Issue.record("not read: \(read(whole + rest))")
                continue
            }
            #expect(answer.status == 201)
            #expect(answer.bodyCount == 12)
            #expect(answer.end == whole.utf8.count)
            #expect(!answer.closes)
            #expect(answer.retryAfterSeconds == nil)
        }
    }

    @Test("an answer cut anywhere waits for the rest")
    func cutAnswers() {
        let chunked =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\nA;x=y\r\n0123456789"
            + "\r\n0\r\nTrailer: t\r\n\r\n"
        for text in [whole, chunked] {
            for length in 0..<text.utf8.count {
                let start = Array(text.utf8.prefix(length))
                let found = start.withBytes { WholeResponse.read($0) }
                #expect(found == .incomplete, "cut at \(length)")
            }
            guard case .complete(let answer) = read(text) else {
                Issue.record("not read: \(text)")
                continue
            }
            #expect(answer.end == text.utf8.count)
        }
    }

    @Test("fields are found in any case, among others of the same length")
    func fields() {
        let text =
            "HTTP/1.1 503 Service Unavailable\r\nX-Content-Leng: 9\r\ncontent-LENGTH:  0 \r\n"
            + "Keep-Alive: 5\r\nconnection: Keep-Alive, CLOSE\r\nRetry-After: 17\r\n\r\n"
        guard case .complete(let answer) = read(text) else {
            Issue.record("not read: \(read(text))")
            return
        }
        #expect(answer.status == 503)
        #expect(answer.closes)
        #expect(answer.retryAfterSeconds == 17)
    }

    @Test("an interim answer is passed over")
    func interimAnswer() {
        let interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        guard case .complete(let answer) = read(interim + whole) else {
            Issue.record("not read")
            return
        }
        #expect(answer.status == 201)
        #expect(answer.end == (interim + whole).utf8.count)
        #expect(read(interim) == .incomplete)
    }

    @Test(
        "what is no answer in HTTP/1.1, or has no end, is refused",
        arguments: [
            "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n",
            "HTTP/1.1 20x OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 999 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\nbody until the end",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        ])
    func malformedAnswers(text: String) {
        #expect(read(text) == .malformed)
    }

    @Test("a head that does not end is given up")
    func endlessHead() {
        let head = "HTTP/1.1 200 OK\r\n" + String(repeating: "A: b\r\n", count: 8_000)
        #expect(read(head) == .malformed)
    }

    @Test("bytes at random never trap")
    func randomBytes() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let start = Array(whole.utf8)
        for _ in 0..<20_000 {
            var bytes = start
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(contentsOf: bytes[place...].prefix(9), at: place)
                }
            }
            bytes.withBytes { span in
                guard case .complete(let answer) = WholeResponse.read(span) else { return }
                #expect(answer.end <= span.byteCount && answer.bodyStart <= answer.end)
            }
        }
    }
}
