import TLSClient
import Testing

@testable import Sockets

@Suite("Session tickets")
struct TLSTicketTests {
    let files: Certificates

    init() throws { files = try Certificates.shared.get() }

    static let versions = ["TLSv1.2", "TLSv1.3"]
    /// A period, in nanoseconds.
    static let period: UInt64 = 60 * 1_000_000_000

    /// Connects, lets something be said, and gives back whether it was resumed and a fresh ticket.
    private func visit(
        _ server: TLSServer, _ version: String, _ ticket: TLSTicket?
    ) throws -> (isResumed: Bool, ticket: TLSTicket?) {
        var options = TLSOptions.version(version)
        options.ticket = ticket
        let client = try SecureClient(server, options)
        try client.exchange([1, 2, 3])
        defer { client.peer.finishSending() }
        return (client.peer.isResumed, client.peer.ticket)
    }

    @Test("a session is gone on with, also after its key was changed once, not after twice")
    func rotation() throws {
        for version in Self.versions {
            let tickets = TicketKeys(periodSeconds: 60, now: 0)
            try withServer(TLSFiles(files.ecdsa), tickets: tickets) { server in
                let first = try visit(server, version, nil)
                #expect(!first.isResumed)
                let second = try visit(server, version, first.ticket)
                #expect(second.isResumed, "\(version)")
                tickets.advance(to: Self.period - 1)
                #expect(
                    try visit(server, version, second.ticket).isResumed, "\(version): too early")
                tickets.advance(to: Self.period)
                let third = try visit(server, version, second.ticket)
                #expect(third.isResumed, "\(version): after one change")
                tickets.advance(to: 2 * Self.period)
                #expect(
                    try !visit(server, version, second.ticket).isResumed, "\(version): after two")
                #expect(try visit(server, version, third.ticket).isResumed, "\(version): renewed")
            }
        }
    }

    @Test("keys that nobody asked for in two periods are gone, the old one and the current one")
    func longSilence() throws {
        let tickets = TicketKeys(periodSeconds: 60, now: 0)
        try withServer(TLSFiles(files.ecdsa), tickets: tickets) { server in
            let first = try visit(server, "TLSv1.3", nil)
            tickets.advance(to: 2 * Self.period)
            #expect(try !visit(server, "TLSv1.3", first.ticket).isResumed)
        }
    }

    @Test("the loops of a listener share keys; another listener, or process, has others")
    func sharing() throws {
        let tickets = TicketKeys(now: 0)
        try withServer(TLSFiles(files.ecdsa), tickets: tickets) { one in
            try withServer(TLSFiles(files.ecdsa), tickets: tickets) { two in
                try withServer(TLSFiles(files.ecdsa)) { three in
                    for version in Self.versions {
                        let ticket = try visit(one, version, nil).ticket
                        #expect(ticket?.isResumable == true)
                        #expect(ticket?.earlyDataBytes == 0)
                        #expect(try visit(two, version, ticket).isResumed)
                        #expect(try !visit(three, version, ticket).isResumed)
                    }
                }
            }
        }
    }
}
