import Bytes
import Cluster
import Cryptography
import Ledger
import LockFree
import Sockets
import TestSupport
import Testing
import Time
import Wire

@testable import Gateway

@Suite("Changes and what came of them, as nodes write them")
struct ForwardedCommandTests {
    private func bytes(of command: ForwardedCommand) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 1 << 10)
        command.append(to: &buffer)
        return buffer.bytes.array
    }

    private func bytes(of outcome: ForwardedOutcome) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 1 << 10)
        outcome.append(to: &buffer)
        return buffer.bytes.array
    }

    @Test("no change goes over a link to another machine whose end shows no certificate")
    func plainText() async throws {
        let (here, there) = (SocketAddress("127.0.0.1:8082"), SocketAddress("192.0.2.1:8082"))
        let isCarriedHere = LinkTrust.none.carriesChanges(to: try #require(here))
        let isCarriedThere = LinkTrust.none.carriesChanges(to: try #require(there))
        #expect(isCarriedHere && !isCarriedThere)
        let commands = CommandForwarding(try Doorbell())
        commands.open(carriesChanges: false)
        let end = try await commands.forward([], token: nil, expecting: nil, until: .max)
        guard case .told(.outcome(.handedOver)) = end else {
            Issue.record("\(end)")
            return
        }
    }

    @Test("a change is read as it was written, with what is expected of its operation")
    func commands() throws {
        let settings = Bench.settings(.daily)
        let record = try AdministrativeRecord(
            .operation(.close(id: "ete", note: "n")), by: .admin
        ).json()
        for expected in [
            nil, ExpectedOperation(index: 3), ExpectedOperation(index: 3, entries: 0),
            ExpectedOperation(index: 0, settings: settings),
            ExpectedOperation(index: 9, entries: 7, settings: settings),
        ] {
            let token = expected == nil ? nil : Token.digest(of: "t")
            let command = try ForwardedCommand(
                number: 12, record: record, token: token, expecting: expected)
            let found = bytes(of: command).withBytes { ForwardedCommand($0) }
            let read = try #require(found)
            #expect(read == command && read.token == token)
            #expect(try read.expected() == expected)
            let request = try ChangeRequest(read)
            #expect(request.encoded == record && request.record.author == .admin)
        }
    }

    @Test("each outcome is read as it was written", arguments: 0..<8)
    func outcomes(_ place: Int) throws {
        let at = Timestamp(milliseconds: 5_000)
        let results: [ForwardedOutcome.Result] = [
            .outcome(.decided(.success(.none), at: at)),
            .outcome(.decided(.success(.operationReset(4, successor: 9)), at: at)),
            .outcome(.decided(.failure(.numberTaken(.incident, next: 8)), at: at)),
            .outcome(
                .decided(.failure(.beforeItsTime(rule: "30 days", notBefore: at)), at: at)),
            .outcome(.noSpace), .outcome(.clockUnconfirmed), .outcome(.handedOver),
            .failed(.runNotForgotten),
        ]
        let written = bytes(of: ForwardedOutcome(number: 3, records: 40, results[place]))
        let found = written.withBytes { ForwardedOutcome($0) }
        let read = try #require(found)
        #expect(read.number == 3 && read.records == 40)
        #expect(bytes(of: read) == written)
        switch (read.result, results[place]) {
        case (.outcome(.decided(let one, let then)), .outcome(.decided(let other, let now))):
            #expect(one == other && then == now)
        case (.failed(let one), .failed(let other)):
            #expect(one.code == other.code && one.title == other.title)
            #expect(one.detail == other.detail)
            #expect(one.status == other.status)
            #expect(one.retryAfterSeconds == other.retryAfterSeconds)
        case (.outcome(.noSpace), .outcome(.noSpace)),
            (.outcome(.clockUnconfirmed), .outcome(.clockUnconfirmed)),
            (.outcome(.handedOver), .outcome(.handedOver)):
            break
        default: Issue.record("another outcome: \(read.result)")
        }
    }

    @Test("each bit that is wrong is another value or refused; nothing traps")
    func everyBit() throws {
        let command = bytes(
            of: try ForwardedCommand(
                number: 1, record: Array("{}".utf8),
                expecting: ExpectedOperation(index: 1, entries: 2)))
        let outcome = bytes(
            of: ForwardedOutcome(
                number: 1, records: 2,
                .outcome(
                    .decided(
                        .success(.operationAdded(3)), at: Timestamp(milliseconds: 9)))))
        var refused = 0
        for original in [command, outcome] {
            for place in 0..<original.count * 8 {
                var wrong = original
                wrong[place / 8] ^= 1 << UInt8(place % 8)
                if wrong.withBytes({ ForwardedCommand($0) }) == nil { refused += 1 }
                if wrong.withBytes({ ForwardedOutcome($0) == nil }) { refused += 1 }
            }
        }
        #expect(refused > command.count + outcome.count)
    }
}
