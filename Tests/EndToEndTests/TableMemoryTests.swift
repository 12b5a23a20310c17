import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The memory for participants is a setting, told before it is full")
    struct TableMemoryTests {
        @Test("the log tells of it, new participants are refused, and a reload lets them in")
        func reload() throws {
            let gateway = try Gateway()
            let path = gateway.directory.path("config.json")
            func write(_ bytes: Int) throws {
                try "{\"limits\": {\"table_bytes\": \(bytes)}}"
                    .write(toFile: path, atomically: true, encoding: .utf8)
            }
            try write(1 << 20)
            try gateway.start(options: ["--config", path])
            let operation = try gateway.openOperation()
            let connection = try gateway.connect()
            var accepted = 0
            var last = try connection.exchange(operation.entry("p0").text)
            while last.status == 201, accepted < 10_000 {
                accepted += 1
                last = try connection.exchange(operation.entry("p\(accepted)").text)
            }
            #expect(last.status == 503, "\(last)")
            #expect(last.json["verdict"]?.string == "overloaded")
            #expect(last.json["detail"]?.string?.contains("memory") == true, "\(last)")
            #expect(try connection.exchange(operation.entry("p1").text).status == 200)
            let isTold = eventually(withinSeconds: 30) {
                gateway.errors.contains("the tables are full")
            }
            #expect(isTold, "\(gateway.errors)")
            let status = try gateway.say("status")
            #expect(status.output.contains("new participants are refused"), "\(status)")
            try write(64 << 20)
            gateway.process?.send(SIGHUP)
            let goesOn = try eventually(withinSeconds: 30) {
                try connection.exchange(operation.entry("p\(accepted)").text).status == 201
            }
            #expect(goesOn, "\(gateway.errors)")
            let isOver = eventually(withinSeconds: 30) {
                gateway.errors.contains("the tables have room again")
            }
            #expect(isOver, "\(gateway.errors)")
            #expect(try gateway.state(of: operation)["participants"]?.integer == accepted + 1)
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
            let replayed = try gateway.say("replay", gateway.data, "--json")
            #expect(replayed.ending == .exit(0), "\(replayed)")
        }
    }
}
