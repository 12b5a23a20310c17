import TestSupport
import Testing

/// One cell of the matrix: a call, and how it fails.
struct Fault: CustomTestStringConvertible {
    var call: String
    var error: String

    var testDescription: String { "\(call) \(error)" }

    func rule(striking number: Int) -> String { "\(call):\(error):\(number)" }

    static let matrix: [Fault] =
        ["pwrite", "write"].flatMap { call in
            ["EIO", "ENOSPC", "EINTR", "SHORT"].map { Fault(call: call, error: $0) }
        }
        + ["fdatasync", "fsync", "open", "rename", "ftruncate", "fallocate"].flatMap { call in
            ["EIO", "ENOSPC", "EINTR"].map { Fault(call: call, error: $0) }
        }
        + ["EIO", "EINTR", "SHORT"].map { Fault(call: "pread", error: $0) }
        + [Fault(call: "unlink", error: "EIO")]
}

extension EndToEnd {
    @Suite("Whatever a system call answers, no acknowledged entry is lost")
    struct FaultTests {
        @Test(
            "a call fails at the first start, while entries come, or at a later start",
            arguments: Fault.matrix)
        func anyCall(fault: Fault) throws {
            var seed = SeededGenerator.printed("fault \(fault.call) \(fault.error)")
            // The failures are the injector's, whatever the file system.
            let gateway = try Gateway(isInMemory: true)
            let faults = try Faults(for: gateway)

            // On an empty directory: what is left half made must not be in the way afterwards.
            // Mostly the first call of its kind: some are made only once, and only here.
            let early = [1, 1, 2, 4].randomElement(using: &seed) ?? 1
            try faults.set(fault.rule(striking: early))
            try expectDecision(of: gateway, under: faults)
            try end(gateway, after: fault)

            // While entries come; an ending, if the gateway chooses one, is a clean one.
            try faults.set("off")
            try gateway.start(faults: faults)
            let operation = try gateway.openOperation()
            let writers = Writers()
            try faults.set(fault.rule(striking: .random(in: 1...20, using: &seed)))
            writers.start(2, run: "a", port: gateway.port, operation: operation, limit: 40)
            #expect(writers.join())
            try end(gateway, after: fault)

            // While it starts on what it has, and in the first entries after that.
            try faults.set(fault.rule(striking: .random(in: 1...6, using: &seed)))
            try expectDecision(of: gateway, under: faults)
            writers.start(2, run: "b", port: gateway.port, operation: operation, limit: 20)
            #expect(writers.join())
            try end(gateway, after: fault)

            // And then on a disk that works.
            try faults.set("off")
            try gateway.start(faults: faults)
            #expect(try gateway.faults(in: writers, of: operation) == [])
            #expect(try gateway.stop() == .exit(0))
            if faults.struck.isEmpty {
                print("\(fault.testDescription): never called, so this proves nothing")
            }
            #expect(fault.call != "fdatasync" || !faults.struck.isEmpty, "entries are not synced")
        }

        @Test(
            "a failed sync is final: nothing more is acknowledged, and the process ends with 74",
            arguments: ["EIO", "ENOSPC"])
        func failedSync(error: String) throws {
            let gateway = try Gateway()
            let faults = try Faults(for: gateway)
            try gateway.start(faults: faults)
            let operation = try gateway.openOperation()
            let connection = try gateway.connect()
            #expect(try connection.exchange(operation.entry("anne").text).status == 201)
            try faults.set("fdatasync:\(error):1")
            try connection.send(operation.entry("bernard").text)
            let process = try #require(gateway.process)
            #expect(process.wait(atMostSeconds: 90) == .exit(74), "\(gateway.errors)")
            #expect(faults.struck.count == 1, "\(faults.struck)")
            let answer = Result { () throws(HTTPConnection.Failure) in try connection.receive() }
            if case .success(let answer) = answer {
                #expect(answer.status == 503, "a refusal may be sent, an acknowledgement not")
            }
            expectOneLine(in: gateway.errors)
            #expect(stopNote(of: gateway).contains(" - disk_failing"), "\(stopNote(of: gateway))")

            try gateway.start()
            let anne = try gateway.post(operation.entry("anne"))
            #expect(anne.status == 200, "\(anne)")
            let bernard = try gateway.post(operation.entry("bernard"))
            #expect(bernard.status / 100 == 2, "stored or not, it was never promised: \(bernard)")
            #expect(bernard.json["participant_number"]?.integer == 2, "\(bernard)")
            #expect(try gateway.stop() == .exit(0))
        }

        @Test(
            "without room on the disk entries are refused, and taken again when there is some",
            arguments: [("ENOSPC", "disk_full"), ("EIO", "disk_failing")])
        func noRoom(error: String, reason: String) throws {
            let gateway = try Gateway()
            let faults = try Faults(for: gateway)
            try gateway.start(faults: faults)
            let operation = try gateway.openOperation()
            let writers = Writers()
            // Room that is reserved stays usable; no more is to be had.
            try faults.set("fallocate:\(error):1+,ftruncate:\(error):1+,open:\(error):1+")
            let filler = String(repeating: "x", count: 8000)
            let members = "\"fields\":{\"filler\":\"\(filler)\"}"
            writers.start(
                4, run: "a", port: gateway.port, operation: operation, limit: Self.enough,
                members: members)
            let isFull = eventually(withinSeconds: 300) { !writers.known.refused.isEmpty }
            writers.stop()
            #expect(writers.join())
            try #require(isFull, "no refusal: the space of a segment must be below 200 MB")
            #expect(writers.known.refused.keys.sorted() == [503])
            #expect(try #require(gateway.process).poll() == nil, "it ended: \(gateway.errors)")

            let refused = try gateway.post(operation.entry("late", members: members))
            #expect(refused.status == 503, "\(refused)")
            #expect(refused["retry-after"] != nil, "\(refused)")
            let health = HTTPRequest("GET", "/healthz").text
            #expect(try gateway.connect().exchange(health).status == 200)
            let readiness = try gateway.connect().exchange(HTTPRequest("GET", "/readyz").text)
            #expect(readiness.status == 503, "\(readiness)")
            #expect(readiness.text.contains("\"\(reason)\""), "\(readiness)")
            #expect(gateway.says("cannot store entries"), "\(gateway.errors)")
            let isNoted = eventually { stopNote(of: gateway).contains(" - \(reason)") }
            #expect(isNoted, "a start would not know of it: \(stopNote(of: gateway))")

            try faults.set("off")
            let isTaken = try eventually(withinSeconds: 30) {
                let answer = try gateway.post(operation.entry("late"))
                writers.record(answer, of: "late")
                // 200 where an answer before came too late.
                return [200, 201].contains(answer.status)
            }
            #expect(isTaken, "room is back, entries are not")
            #expect(gateway.says("storing entries again"), "\(gateway.errors)")
            try gateway.kill()
            try gateway.start(faults: faults)
            #expect(try gateway.faults(in: writers, of: operation) == [])
            #expect(try gateway.stop() == .exit(0))
        }

        /// What a start is told of a stop of the journal.
        private func stopNote(of gateway: Gateway) -> String {
            gateway.directory.text("data/journal.stop")
        }

        /// Entries of 8 kB by each of four writers that fill any reasonable segment.
        static let enough = 6000

        /// Starts it under faults, and holds it to becoming ready or ending: nothing in between.
        private func expectDecision(of gateway: Gateway, under faults: Faults) throws {
            let process = try gateway.launch(faults: faults)
            let isDecided = eventually(withinSeconds: 120) {
                process.poll() != nil || gateway.answersReady()
            }
            #expect(isDecided, "neither ready nor gone: \(gateway.errors)")
        }

        /// Ends what is left of a gateway after a fault; if it ended itself, it did so in order.
        private func end(_ gateway: Gateway, after fault: Fault) throws {
            guard let process = gateway.process else { return }
            // A gateway that is about to end because of the fault gets its second for it.
            let isSync = fault.call == "fdatasync" && fault.error != "EINTR"
            if let ending = isSync ? process.wait(atMostSeconds: 1) : process.poll() {
                let allowed: [ChildProcess.Ending] = [.exit(74), .exit(78)]
                #expect(allowed.contains(ending), "\(fault.testDescription): \(gateway.errors)")
            } else {
                try gateway.kill()
            }
        }
    }
}

/// Holds what a gateway wrote to standard error to one plain line: log records aside, no trace of a
/// crash, no pages of text.
func expectOneLine(
    in errors: String, naming name: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
    let lines = errors.split(separator: "\n")
    let plain = lines.filter { !$0.hasPrefix("{") }
    #expect(plain.count <= 1, "\(errors)", sourceLocation: sourceLocation)
    #expect(!lines.isEmpty, "it says nothing", sourceLocation: sourceLocation)
    #expect(name.isEmpty || errors.contains(name), "\(errors)", sourceLocation: sourceLocation)
}
