import Bytes
import RobotsCrowd
import Testing

@testable import Robots

@Suite("A head's hash is its browser's")
struct HeadHashTests {
    private func hash(
        over transport: RobotTransport = .tls13, _ change: (inout Head) -> Void = { _ in }
    ) -> UInt32 {
        var head = Head.chromium(over: transport)
        change(&head)
        return head.judge().headHash
    }

    @Test("what is the entry's or the page's changes nothing")
    func entries() {
        let same = hash()
        #expect(same != 0)
        for name in ["Host", "Content-Length", "Authorization", "Origin", "Referer"] {
            #expect(hash { $0[name] = "another" } == same, "\(name)")
        }
    }

    @Test("each value that a browser chooses makes another")
    func values() {
        var hashes: Set<UInt32> = [hash()]
        let names = [
            "User-Agent", "Accept", "Accept-Encoding", "Accept-Language", "sec-ch-ua",
            "sec-ch-ua-mobile", "sec-ch-ua-platform",
        ]
        for name in names {
            hashes.insert(hash { $0[name] = "another" })
            hashes.insert(hash { $0[name] = "" })
        }
        #expect(hashes.count == 1 + 2 * names.count)
        #expect(
            hash(over: .proxied) { $0["User-Agent"] = "another" } != hash(over: .proxied),
            "behind a proxy too")
    }

    @Test("order, spelling and further fields count where nobody stands between")
    func order() {
        let changes: [(inout Head) -> Void] = [
            { $0.headers.swapAt(0, 1) },
            { $0.headers[0].name = "HOST" },
            { $0["Cookie"] = "a=b" },
        ]
        for change in changes {
            #expect(hash(over: .tls13, change) != hash(over: .tls13))
            #expect(hash(over: .proxied, change) == hash(over: .proxied))
        }
    }

    @Test("bytes within others hash as they do alone, whatever is around them")
    func parts() {
        let text = Array("a text that is longer than three words of eight bytes".utf8)
        for start in 0..<12 {
            for count in 0..<(text.count - start) {
                var alone = ByteHash()
                Array(text[start..<start + count]).withBytes { alone.add($0) }
                var within = ByteHash()
                text.withBytes { within.add($0, from: start, count: count) }
                #expect(alone.folded == within.folded)
                // One byte more or less, or another, is something else.
                var longer = ByteHash()
                text.withBytes { longer.add($0, from: start, count: count + 1) }
                #expect(longer.folded != alone.folded)
            }
        }
    }
}
