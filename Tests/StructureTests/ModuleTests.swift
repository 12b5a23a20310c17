import Foundation
import Testing

@Suite("The arrows between modules point one way")
struct ModuleTests {
    @Test("every import of a module is in the table")
    func importsAreInTheTable() throws {
        for module in try Repository.directories(in: "Sources") {
            for file in try Repository.swiftFiles(below: "Sources/" + module) {
                for violation in ModuleTable.violations(in: file, of: module) {
                    Issue.record(Comment(rawValue: violation))
                }
            }
        }
    }

    @Test("the load runner, the peers and the microbenchmarks import what is theirs to import")
    func loadTestsKeepTheirDistance() throws {
        for file in try Repository.swiftFiles(below: "loadtests") {
            for violation in LoadTestRules.violations(in: file) {
                Issue.record(Comment(rawValue: violation))
            }
        }
    }

    @Test("whoever comes too close below loadtests/ is found")
    func closenessIsFound() {
        let text = "import Foundation\nimport Wire\nimport Ledger\nimport Benchmark\n"
        func violations(_ path: String) -> [String] {
            LoadTestRules.violations(in: SourceFile(path: path, text: text))
        }
        let load = "loadtests/portillon-load/Load.swift"
        #expect(
            violations(load) == [
                "\(load):3: the load runner may not import Ledger",
                "\(load):4: the load runner may not import Benchmark",
            ])
        let peer = "loadtests/peers/a-peer/Sources/Peer.swift"
        #expect(
            violations(peer) == [
                "\(peer):2: a peer may not import Wire", "\(peer):3: a peer may not import Ledger",
            ])
        #expect(violations("loadtests/microbenchmarks/Benchmarks/Wire.swift") == [])
        let manifest = "loadtests/microbenchmarks/Package.swift"
        #expect(violations(manifest).count == 4)
        #expect(violations("loadtests/Other.swift").count == 1)
        let command = SourceFile(
            path: "loadtests/microbenchmarks/Benchmarks/Command.swift", text: "import portillon\n")
        #expect(LoadTestRules.violations(in: command).count == 1)
    }

    @Test("the table has no cycle: a module stands below all that it imports")
    func tableIsOrdered() {
        var above: Set<String> = []
        let modules = Set(ModuleTable.rows.map(\.module))
        for (module, mayImport) in ModuleTable.rows {
            for name in mayImport where modules.contains(name) {
                #expect(above.contains(name), "\(module) imports \(name), which stands below it")
            }
            above.insert(module)
        }
    }

    @Test("Package.swift declares no dependency that the table does not allow")
    func packageAgreesWithTheTable() throws {
        // A scratch path of its own: the one of the running `swift test` is locked.
        let scratch = Repository.root.appending(path: ".build/manifest")
        let (status, text) = try Repository.output(of: [
            "swift", "package", "--scratch-path", scratch.path, "dump-package",
        ])
        try #require(status == 0, "swift package dump-package ends with status \(status)")
        let manifest = try JSONDecoder().decode(Manifest.self, from: Data(text.utf8))
        for target in manifest.targets where target.isOfTheGateway {
            guard let allowed = ModuleTable.mayImport(target.name) else {
                Issue.record("Package.swift: \(target.name) has no line in ModuleTable.swift")
                continue
            }
            for name in target.dependencyNames where !allowed.contains(name) {
                Issue.record("Package.swift: \(target.name) may not depend on \(name)")
            }
        }
    }

    @Test(
        "a package beside this one compiles as it does",
        arguments: ["Tests/Fuzzing/Package.swift", "loadtests/microbenchmarks/Package.swift"])
    func packagesAgree(_ path: String) throws {
        let own = try Repository.text(of: "Package.swift")
        let other = try Repository.text(of: path)
        let settings = try #require(own.firstMatch(of: /let strict[^\n]*\n( [^\n]*\n)*\]/))
        #expect(other.contains(settings.0), "\(path) has settings of its own")
        let modules = other.matches(of: /\bmodule\(\s*"[^)]*\),\n/).map { String($0.0) }
        #expect(modules.count > 5)
        for module in modules {
            #expect(own.contains(module), "\(path) differs: \(module)")
        }
    }

    @Test("an arrow against the table is found, and so is Foundation on the entry path")
    func violationsAreFound() {
        let text = """
            import Bytes
            package import Gateway
            @testable import struct Ledger.Fold
            import Glibc
            import Foundation
            // import Log
            let text = "import Log"
            """
        let file = SourceFile(path: "Sources/Wire/Head.swift", text: text)
        #expect(
            ModuleTable.violations(in: file, of: "Wire") == [
                "Sources/Wire/Head.swift:2: Wire may not import Gateway",
                "Sources/Wire/Head.swift:3: Wire may not import Ledger",
                "Sources/Wire/Head.swift:5: Foundation is for the control side only",
            ])
        #expect(ModuleTable.violations(in: file, of: "Wires").count == 1)
    }
}

/// What these tests need of `swift package dump-package`.
private struct Manifest: Decodable {
    var targets: [Target]

    struct Target: Decodable {
        var name: String
        var type: String
        var path: String?
        var dependencies: [Dependency]

        /// Tests, and what stands beside them or in loadtests/, answer to other rules.
        var isOfTheGateway: Bool {
            let place = path ?? "Sources/" + name
            return type != "test" && place.hasPrefix("Sources/")
        }

        var dependencyNames: [String] { dependencies.compactMap(\.name) }
    }

    /// `{"byName": ["Bytes", null]}`, `{"product": ["Logging", "swift-log", null, null]}`,
    /// `{"target": ["Bytes", null]}`: the first of the list is the name.
    struct Dependency: Decodable {
        var name: String?

        init(from decoder: any Decoder) throws {
            let kinds = try decoder.container(keyedBy: Kind.self)
            for kind in Kind.allCases where kinds.contains(kind) {
                var list = try kinds.nestedUnkeyedContainer(forKey: kind)
                name = try list.decode(String.self)
            }
        }

        enum Kind: String, CodingKey, CaseIterable {
            case byName, product, target
        }
    }
}
