import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("More connections are ready than one wait of a loop brings")
    struct CrowdTests {
        /// More than 512, which a wait brings at most.
        private static let connections = 600

        @Test("all are answered, and so is who connects meanwhile")
        func plain() throws {
            try withGateway { gateway in
                let meanwhile = try crowd(gateway) {
                    try (0..<100).map { _ in try HTTPConnection(port: gateway.port) }
                }
                #expect(meanwhile.count == 100)
            }
        }

        @Test("the same over TLS")
        func secured() throws {
            try withSecureGateway { secure in
                _ = try crowd(secure.gateway) { [] }
            }
        }

        /// Everybody sends while the gateway stands still.
        /// - Parameter connecting: connects some while it does; they enter afterwards.
        private func crowd(
            _ gateway: Gateway, _ connecting: () throws -> [HTTPConnection]
        ) throws -> [HTTPConnection] {
            let operation = try gateway.openOperation(rule: "unlimited")
            let entry = operation.entry("p").text
            let process = try #require(gateway.process)
            let kept = try (0..<Self.connections).map { _ in try gateway.connect() }
            // From here on they are read in their operation's share.
            for connection in kept {
                let status = try connection.exchange(entry).status
                try #require(status == 201)
            }
            process.send(SIGSTOP)
            for connection in kept { try connection.send(entry) }
            let early = try connecting()
            process.send(SIGCONT)
            let late = try (0..<20).map { _ in try gateway.connect() }
            for connection in kept {
                let status = try connection.receive().status
                try #require(status == 201)
            }
            for connection in early + late {
                let status = try connection.exchange(entry).status
                #expect(status == 201)
            }
            #expect(try gateway.metric("portillon_unread_wait_seconds_sum") > 0)
            return early
        }
    }
}
