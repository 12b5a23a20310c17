import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A write that fails leaves no file behind")
    struct LeftoverTests {
        private func names(_ gateway: Gateway, _ folder: String) -> [String] {
            let path = gateway.directory.path("data/" + folder)
            // A folder that was never made holds nothing.
            return (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? []
        }

        @Test(
            "exports and keys of a reset that fails, at each call in turn",
            arguments: ["fsync:EIO", "rename:EIO", "link:EIO"])
        func reset(fault: String) throws {
            let gateway = try Gateway()
            let faults = try Faults(for: gateway)
            try gateway.start(faults: faults)
            let operation = try gateway.openOperation()
            #expect(try gateway.post(operation.entry("anna")).status == 201)
            let keys = names(gateway, "keys")
            let reset = "/v1/operations/\(operation.name)/reset"
            for number in 1...20 {
                try faults.set("\(fault):\(number)")
                let answer = try gateway.admin(
                    "POST", reset, "{\"confirm\":\"\(operation.name)\"}")
                try faults.set("off")
                if answer.status == 200 { break }
                #expect([500, 503].contains(answer.status), "\(fault) \(number): \(answer)")
                #expect(names(gateway, "exports") == [], "\(fault) \(number)")
                #expect(names(gateway, "keys") == keys, "\(fault) \(number)")
            }
            let state = try gateway.state(of: operation)
            #expect(state["entries"]?.integer == 0, "in the end it succeeds: \(state)")
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
        }

        @Test("a first start without room leaves no half segment", arguments: ["pwrite", "fsync"])
        func firstStart(call: String) throws {
            let gateway = try Gateway()
            let faults = try Faults(for: gateway)
            try faults.set("\(call):ENOSPC:1")
            let process = try gateway.launch(faults: faults)
            let ending = process.wait(atMostSeconds: 30)
            guard ending != nil else {
                // Its first such call was one that it can do without.
                try gateway.kill()
                return
            }
            #expect(ending == .exit(74), "\(gateway.errors)")
            #expect(!names(gateway, "journal").contains("next.preparing"))
        }
    }
}
