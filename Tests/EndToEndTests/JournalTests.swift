import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The journal is cut where it was torn, and refused where it was damaged")
    struct JournalTests {
        @Test("damage before the tail stops the start, with the place named")
        func damaged() throws {
            try withStoppedGateway(entries: 200) { gateway, segment in
                var bytes = try Data(contentsOf: URL(filePath: segment))
                let end = try #require(bytes.lastByte)
                bytes[end / 2] ^= 0x40
                try bytes.write(to: URL(filePath: segment))
                #expect(try gateway.ending() == .exit(74), "\(gateway.errors)")
                let name = URL(filePath: segment).lastPathComponent
                #expect(gateway.says(name), "\(gateway.errors)")
                #expect(try gateway.run(["journal", "verify", gateway.data]) == .exit(74))
                bytes[end / 2] ^= 0x40
                try bytes.write(to: URL(filePath: segment))
                try gateway.start()
                #expect(try gateway.stop() == .exit(0))
            }
        }

        @Test("a torn tail is cut, and the gateway goes on from there")
        func torn() throws {
            try withStoppedGateway(entries: 50) { gateway, segment in
                var bytes = try Data(contentsOf: URL(filePath: segment))
                let end = try #require(bytes.lastByte)
                bytes.resetBytes(in: (end - 2)...end)
                try bytes.write(to: URL(filePath: segment))
                try gateway.start()
                let operation = try gateway.makeKey(for: "ete")
                let count = try #require(gateway.state(of: operation)["participants"]?.integer)
                // The last batch was the last entry's, or something that came at the end.
                #expect((49...50).contains(count))
                let next = try gateway.post(operation.entry("next"))
                #expect(next.json["participant_number"]?.integer == count + 1, "\(next)")
                #expect(try gateway.stop() == .exit(0))
                try gateway.start()
                #expect(try gateway.state(of: operation)["participants"]?.integer == count + 1)
                #expect(try gateway.stop() == .exit(0))
            }
        }

        @Test("it can be verified, printed and replayed without a server, and holds no secrets")
        func tools() throws {
            try withStoppedGateway(entries: 50) { gateway, segment in
                #expect(try gateway.run(["journal", "verify", gateway.data]) == .exit(0))
                #expect(try gateway.run(["journal", "print", gateway.data]) == .exit(0))
                let lines = gateway.directory.text("run.log").split(separator: "\n")
                    .filter { $0.hasPrefix("{") }
                #expect(lines.count >= 50)
                for line in lines {
                    let value = try JSONDecoder().decode(JSON.self, from: Data(line.utf8))
                    #expect(value != .null)
                }
                #expect(try gateway.run(["replay", gateway.data]) == .exit(0))
                // What a person gave is sealed: it is nowhere in the data.
                let given = Data("someone-33".utf8)
                for path in gateway.files {
                    let bytes = try Data(contentsOf: URL(filePath: path))
                    #expect(bytes.range(of: given) == nil, "in the clear in \(path)")
                }
                #expect(FileManager.default.fileExists(atPath: segment))
            }
        }

        @Test("a command that needs a server says that there is none")
        func unreachable() throws {
            try withStoppedGateway(entries: 1) { gateway, _ in
                let command = ["operation", "open", "ete", "--data", gateway.data]
                let ending = try gateway.run(command)
                #expect(ending == .exit(69), "\(gateway.directory.text("run.log"))")
            }
        }

        /// A gateway that took entries, one after the other, and was stopped; and the file that
        /// holds most of them: the one with the most bytes that are not zero.
        private func withStoppedGateway(
            entries: Int, _ test: (Gateway, String) throws -> Void
        ) throws {
            let gateway = try Gateway()
            try gateway.start()
            let operation = try gateway.openOperation()
            let connection = try gateway.connect()
            for number in 1...entries {
                let answer = try connection.exchange(operation.entry("someone-\(number)").text)
                try #require(answer.status == 201, "\(answer)")
            }
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
            let written = try gateway.files.map { path in
                let bytes = try Data(contentsOf: URL(filePath: path))
                return (path: path, count: bytes.lastByte ?? 0)
            }
            let segment = try #require(written.max { $0.count < $1.count }?.path)
            try test(gateway, segment)
        }
    }
}

extension Data {
    /// The index of the last byte that is not zero; nil where there is none.
    ///
    /// Most of a segment is zeros: they are passed over a block at a time, because a closure for
    /// each byte takes seconds in a test.
    fileprivate var lastByte: Int? {
        let zeros = Data(count: 4_096)
        var end = count
        while end >= zeros.count, self[(end - zeros.count)..<end] == zeros { end -= zeros.count }
        return self[..<end].lastIndex { $0 != 0 }
    }
}

extension Gateway {
    /// Runs another command of the executable to its end; its output goes to `run.log`.
    func run(_ arguments: [String]) throws -> ChildProcess.Ending? {
        var environment = ProcessInfo.processInfo.environment
        for name in environment.keys where name.hasPrefix("PORTILLON_") { environment[name] = nil }
        environment["PORTILLON_ADMIN_LISTEN"] = "127.0.0.1:\(adminPort)"
        environment["PORTILLON_LISTEN"] = "127.0.0.1:\(port)"
        let process = try ChildProcess(
            [try Self.executable()] + arguments, environment: environment,
            output: directory.path("run.log"), errors: directory.path("run.log"))
        return process.wait(atMostSeconds: 120)
    }
}
