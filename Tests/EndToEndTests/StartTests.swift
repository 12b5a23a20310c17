import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A start that cannot be says why, in one line, and with its status")
    struct StartTests {
        @Test("data that another process holds is left alone")
        func lockedData() throws {
            try withGateway { gateway in
                let second = try Gateway()
                let ending = try second.ending(options: ["--data", gateway.data])
                #expect(ending == .exit(74), "\(second.errors)")
                expectOneLine(in: second.errors, naming: gateway.data)
                #expect(try gateway.openOperation().key.isEmpty == false, "the first goes on")
            }
        }

        @Test("a port that is taken is named")
        func takenPort() throws {
            try withGateway { gateway in
                let second = try Gateway()
                let ending = try second.ending(options: ["--listen", "127.0.0.1:\(gateway.port)"])
                #expect(ending == .exit(74), "\(second.errors)")
                expectOneLine(in: second.errors, naming: "\(gateway.port)")
            }
        }

        @Test("a data folder that every user can change is refused until that is put right")
        func openData() throws {
            let gateway = try Gateway()
            try FileManager.default.createDirectory(
                atPath: gateway.data, withIntermediateDirectories: false)
            #expect(unsafe chmod(gateway.data, 0o777) == 0)
            #expect(try gateway.ending(options: []) == .exit(74), "\(gateway.errors)")
            expectOneLine(in: gateway.errors, naming: "chmod 700 \(gateway.data)")
            #expect(unsafe chmod(gateway.data, 0o700) == 0)
            try gateway.start()
            for name in ["", "/keys", "/journal"] {
                var status = stat()
                let code = unsafe stat(gateway.data + name, &status)
                #expect(code == 0)
                #expect(status.st_mode & 0o777 == 0o700, "\(name)")
            }
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
        }

        @Test("a data directory that cannot be made is named")
        func unusableData() throws {
            let gateway = try Gateway()
            let file = gateway.directory.path("file")
            try Data().write(to: URL(filePath: file))
            let ending = try gateway.ending(options: ["--data", file + "/data"])
            #expect(ending == .exit(74), "\(gateway.errors)")
            expectOneLine(in: gateway.errors, naming: file)
        }

        @Test(
            "a wrong flag is usage, a wrong value configuration",
            arguments: [
                (["--colour", "red"], 64, "colour"),
                (["--listen", "nonsense"], 78, "listen"),
                (["--listen", "127.0.0.1:99999"], 78, "listen"),
                (["--workers", "0"], 78, "workers"),
                (["--workers", "many"], 78, "workers"),
                (
                    ["--policy", "calm_seconds=0"], 78,
                    "--policy calm_seconds must be a whole number"
                ),
                (
                    ["--policy", "longest_suspension_seconds=8"], 78,
                    "policy.suspension_seconds must not be above policy.longest_suspension_seconds"
                ),
                (["--config", "/nonexistent/portillon.json"], 78, "/nonexistent/portillon.json"),
            ])
        func wrongOptions(options: [String], status: Int32, name: String) throws {
            let gateway = try Gateway()
            #expect(try gateway.ending(options: options) == .exit(status), "\(gateway.errors)")
            #expect(gateway.says(name), "\(gateway.errors)")
        }

        @Test(
            "a wrong key or value in the configuration's file is named",
            arguments: [
                (#"{"colour":"red"}"#, "colour"),
                (#"{"limits":{"colour":1}}"#, "limits.colour"),
                (#"{"log":{"level":"loud"}}"#, "log.level"),
                (#"{"policy":{"calm_second":1}}"#, "policy.calm_seconds"),
                (#"{"workers":0}"#, "workers"),
                ("{", "portillon.json"),
            ])
        func wrongFile(text: String, name: String) throws {
            let gateway = try Gateway()
            let path = gateway.directory.path("portillon.json")
            try Data(text.utf8).write(to: URL(filePath: path))
            #expect(
                try gateway.ending(options: ["--config", path]) == .exit(78), "\(gateway.errors)")
            expectOneLine(in: gateway.errors, naming: name)
        }

        @Test("a master key that is not one stops the start, and is left as it is")
        func masterKey() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                #expect(try gateway.post(operation.entry("anne")).status == 201)
                #expect(try gateway.stop() == .exit(0))
                let path = try #require(
                    gateway.files.first { $0.lowercased().contains("master") }, "\(gateway.files)")
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect(attributes[.posixPermissions] as? Int == 0o600)
                let key = try Data(contentsOf: URL(filePath: path))
                let garbage = Data("not a key".utf8)
                try garbage.write(to: URL(filePath: path))
                let ending = try gateway.ending()
                #expect(ending == .exit(74) || ending == .exit(78), "\(ending): \(gateway.errors)")
                #expect(gateway.says(path), "\(gateway.errors)")
                #expect(try Data(contentsOf: URL(filePath: path)) == garbage)
                try key.write(to: URL(filePath: path))
                try gateway.start()
                #expect(try gateway.post(operation.entry("anne")).status == 200)
            }
        }

        @Test("what is in force is shown, with where it comes from")
        func printedConfiguration() throws {
            let gateway = try Gateway()
            let path = gateway.directory.path("portillon.json")
            try Data(#"{"workers":3}"#.utf8).write(to: URL(filePath: path))
            let ending = try gateway.ending(options: ["--config", path, "--print-config"])
            #expect(ending == .exit(0), "\(gateway.errors)")
            let output = gateway.directory.text("output.log")
            for text in ["workers", "3", path, "\(gateway.port)"] {
                #expect(output.contains(text), "\(text): \(output)")
            }
        }
    }
}

extension Gateway {
    /// Starts it, expects that it ends by itself, and says how.
    ///
    /// Options given twice: the last one counts, as argument parsers have it.
    func ending(options: [String] = []) throws -> ChildProcess.Ending {
        guard let ending = try launch(options: options).wait(atMostSeconds: 90) else {
            throw GatewayFailure("it runs: \(errors)")
        }
        return ending
    }

    /// The paths of all files of its data.
    var files: [String] {
        let found = FileManager.default.subpaths(atPath: data) ?? []
        return found.sorted().map { data + "/" + $0 }.filter {
            let type = try? FileManager.default.attributesOfItem(atPath: $0)[.type]  // gone by now
            return type as? FileAttributeType == .typeRegular
        }
    }
}
