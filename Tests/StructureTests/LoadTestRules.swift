/// What may be imported below loadtests/: each kind of program there has its own distance to what
/// it judges.
enum LoadTestRules {
    /// A folder below loadtests/, and what its Swift files may import beside the toolchain.
    struct Folder: Sendable {
        let path: String
        /// Who lives there, as the subject of a sentence.
        let subject: String
        let allows: @Sendable (String) -> Bool
    }

    static let folders = [
        Folder(path: "loadtests/portillon-load/", subject: "the load runner") {
            ModuleTable.loadRunner.contains($0)
        },
        // It is somebody else's way: it shares nothing with the gateway.
        Folder(path: "loadtests/peers/", subject: "a peer") {
            ModuleTable.mayImport($0) == nil
        },
        // It judges one module, with the crowd that the tests have.
        Folder(path: "loadtests/robots-judge/", subject: "the robots' judge") {
            ["Foundation", "Robots", "RobotsCrowd"].contains($0)
        },
        // They measure the modules themselves; only the executable is out of their reach.
        Folder(path: "loadtests/microbenchmarks/", subject: "a microbenchmark") {
            ModuleTable.mayImport($0) != nil && $0 != "portillon"
                || ["Benchmark", "Foundation"].contains($0)
        },
    ]

    /// What is wrong with a file's imports, one line each.
    static func violations(in file: SourceFile) -> [String] {
        guard let folder = folders.first(where: { file.path.hasPrefix($0.path) }) else {
            return ["\(file.path): its folder has no line in LoadTestRules.swift"]
        }
        let isManifest = file.path.hasSuffix("/Package.swift")
        return file.imports.compactMap { name, line in
            let isAllowed =
                isManifest
                ? name == "PackageDescription"
                : ModuleTable.toolchain.contains(name) || folder.allows(name)
            if isAllowed { return nil }
            return "\(file.path):\(line): \(folder.subject) may not import \(name)"
        }
    }
}
