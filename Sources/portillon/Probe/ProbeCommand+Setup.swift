import ArgumentParser
import Bytes
import Files
import Time
import Wire

extension ProbeCommand {
    /// `portillon probe setup`: an operation of the probes' own, a key, and a permit.
    struct Setup: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "setup",
            abstract: "Make or renew what probes need: an operation, a key, a permit of 31 days.",
            discussion: """
                portillon probe setup --out probe.json

                Makes the client portillon-probe and the operation probe, opens it, makes a key, \
                and issues a permit for 31 days: the longest there is. Where the file is there \
                already, its key stays and only the permit is new. Run it again each month; probes \
                read the file again by themselves.
                """)

        @Option(
            parsing: .unconditional,
            help: .init("Where to write it, readable for its owner.", valueName: "file"),
            completion: .file())
        var out: String

        @Option(parsing: .unconditional, help: "The operation of the probes.")
        var operation = "probe"

        @Option(parsing: .unconditional, help: "Its client.")
        var client = "portillon-probe"

        @OptionGroup var options: AdminOptions

        private static let days: Int64 = 31
        /// Test entries a second of all probes: sixteen of them, and their retries.
        private static let perSecond = 100

        func validate() throws {
            if out == "-" { throw ValidationError("--out must be a file: probes read it again") }
        }

        func run() throws {
            let gateway = try options.client()
            try gateway.call("PUT", ["v1", "clients", client], ["name": .string("Probes")])
            try gateway.call(
                "PUT", ["v1", "operations", operation],
                [
                    "client": .string(client), "title": .string("Probes of availability"),
                    "rule": .string("unlimited"), "robots": .string("off"),
                    "policy": .string("advise"),
                ])
            try gateway.call("POST", ["v1", "operations", operation, "open"], [:])
            let issued: (permit: JSONValue, ends: String)
            if let key = try keptKey() {
                issued = try issue(gateway, for: key)
            } else {
                let made = try newKey(gateway)
                issued = try ShownSecret.key.handOver(made) {
                    try issue(gateway, for: made["key"]?.text ?? "")
                }
            }
            let (permit, ends) = issued
            if options.json {
                try Output.standard.write(
                    json: JSONValue.object([
                        "file": .string(out), "operation": .string(operation),
                        "permit_id": permit["permit_id"] ?? .null,
                        "permit_ends": .string(ends),
                    ]))
            } else {
                try Output.standard.write(
                    listing([
                        ("file", out), ("operation", operation),
                        ("permit id", permit["permit_id"]?.text ?? ""),
                        ("permit ends", ends),
                    ]))
            }
        }

        /// Issues the permit, and writes it to the file, with the key.
        /// - Returns: the gateway's answer, and when the permit ends.
        private func issue(
            _ gateway: GatewayClient, for key: String
        ) throws -> (permit: JSONValue, ends: String) {
            // A minute back: the gateway's clock may be behind this machine's.
            let starts = SystemClock.wallClock().advanced(byMilliseconds: -60_000)
            let ends = starts.advanced(byMilliseconds: Self.days * 86_400_000).rfc3339
            let permit = try gateway.call(
                "POST", ["v1", "permits"],
                [
                    "operation": .string(operation), "per_second": .integer(Self.perSecond),
                    "starts": .string(starts.rfc3339), "ends": .string(ends),
                    "note": .string("probes"),
                ])
            guard let text = permit["permit"]?.string else {
                throw CommandFailure(.unreachable, "the gateway's answer has no permit in it")
            }
            let target = ProbeTarget(operation: operation, key: key, permit: text, ends: ends)
            try ShownSecret.permit.handOver(permit) { try write(target) }
            return (permit, ends)
        }

        /// The key of the file that is there, where it is one of the same operation.
        private func keptKey() throws(CommandFailure) -> String? {
            guard File.exists(out) else { return nil }
            let target = try ProbeTarget(file: out)
            return target.operation == operation ? target.key : nil
        }

        /// - Returns: the gateway's answer, which has a key in it.
        private func newKey(_ gateway: GatewayClient) throws(CommandFailure) -> JSONValue {
            let answer = try gateway.call("POST", ["v1", "operations", operation, "keys"], [:])
            guard answer["key"]?.string != nil else {
                throw CommandFailure(.unreachable, "the gateway's answer has no key in it")
            }
            return answer
        }

        private func write(_ target: ProbeTarget) throws(CommandFailure) {
            var text = ByteBuffer(capacity: 1_024)
            target.json.bytes.withBytes { text.append($0) }
            text.append("\n" as StaticString)
            do throws(FileError) {
                try DurableFile.write(text.bytes, to: out)
            } catch {
                throw CommandFailure(.inputOutput, "\(out): cannot write it (\(error.reason))")
            }
        }
    }
}
