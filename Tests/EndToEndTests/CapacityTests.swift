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
                let isKnown = try eventually(withinSeconds: 120) {
                    try gateway.metric(
                        "portillon_capacity_per_second{stage=\"\(stage)\"}") > 0
                }
                #expect(isKnown, "\(stage)")
            }
            // A sync beside which the machine stood still counts as a slow one, for a while.
            var disk = 0.0
            let isLarge = try eventually(withinSeconds: 120) {
                disk = try gateway.metric(#"portillon_capacity_per_second{stage="disk"}"#)
                return disk > 1_000
            }
            #expect(isLarge, "slow syncs carry many entries each: \(disk)")
            writers.stop()
            #expect(writers.join())
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
        }

        @Test("the calendar has it, and campaigns are checked and planned by it")
        func planning() throws {
            let gateway = try Gateway()
            try gateway.start()
            let operation = try gateway.openOperation(rule: "unlimited")
            func check(_ recipients: String) throws -> Gateway.Said {
                try gateway.say(
                    "campaign", "check", "ete", "--channel", "email", "--recipients", recipients,
                    "--starts", time(in: 86_400), "--json")
            }
            func plan() throws -> Gateway.Said {
                try gateway.say(
                    "plan", "--recipients", "5000", "--channel", "email", "--admin",
                    "http://127.0.0.1:\(gateway.adminPort)", "--json")
            }
            let unknown = try check("1000")
            #expect(unknown.ending == .exit(0) && unknown.json["fits"] == nil, "\(unknown)")
            let unplanned = try plan()
            #expect(unplanned.ending == .exit(1), "\(unplanned)")
            #expect(unplanned.errors.contains("give --capacity"), "\(unplanned)")

            let writers = Writers()
            writers.start(4, run: "a", port: gateway.port, operation: operation)
            defer { writers.stop() }
            let isKnown = try eventually(withinSeconds: 120) {
                try gateway.admin("GET", "/v1/calendar").json["capacity_per_second"] != nil
            }
            #expect(isKnown)
            writers.stop()
            #expect(writers.join())
            let fitting = try check("1000")
            #expect(fitting.ending == .exit(0), "\(fitting)")
            #expect(fitting.json["fits"]?.bool == true, "\(fitting)")
            #expect(fitting.json["capacity_per_second"]?.integer ?? 0 > 0, "\(fitting)")
            let tooLarge = try check("2000000000")
            #expect(tooLarge.ending == .exit(1), "\(tooLarge)")
            #expect(tooLarge.json["fits"]?.bool == false, "\(tooLarge)")
            let planned = try plan()
            #expect(planned.ending == .exit(0), "\(planned)")
            #expect(planned.json["capacity"]?.integer ?? 0 > 0, "\(planned)")
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
        }
    }
}
