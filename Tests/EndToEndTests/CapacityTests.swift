import TestSupport
import Testing

extension EndToEnd {
    @Suite("What the platform takes is known while little comes")
    struct CapacityTests {
        @Test("on a disk whose every sync takes 30 ms, each stage has its capacity")
        func stages() throws {
            let gateway = try Gateway()
            let faults = try Faults(for: gateway)
            try faults.set("fdatasync:SLOW30:1+")
            try gateway.start(faults: faults)
            let operation = try gateway.openOperation(rule: "unlimited")
            let writers = Writers()
            writers.start(4, run: "a", port: gateway.port, operation: operation)
            defer { writers.stop() }
            for stage in ["worker", "sequencer", "disk"] {
                let isKnown = try eventually(withinSeconds: 60) {
                    try gateway.admin("GET", "/metrics").text
                        .contains("portillon_capacity_per_second{stage=\"\(stage)\"} ")
                }
                #expect(isKnown, "\(stage)")
            }
            let disk = try gateway.metric(#"portillon_capacity_per_second{stage="disk"}"#)
            #expect(disk > 1_000, "slow syncs carry many entries each: \(disk)")
            writers.stop()
            #expect(writers.join())
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
        }
    }
}
