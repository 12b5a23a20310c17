// swift-tools-version: 6.3
import PackageDescription

/// The settings of every target; `STYLE` rules that the compiler can hold, it holds.
let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

/// A library module of the gateway: who may import whom is held by `Tests/StructureTests` as well.
func module(
    _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

/// The tests of one module, beside it in name.
func tests(
    of name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
    .testTarget(
        name: name + "Tests",
        dependencies: [.target(name: name), "TestSupport"] + dependencies, exclude: exclude,
        swiftSettings: strict)
}

/// The commit that `portillon version` names: `ops/install` and `ops/package` set the variable, and
/// a change of it compiles one file of C anew. Only what a commit looks like
/// becomes a literal in C.
let commit = Context.environment["PORTILLON_COMMIT"].flatMap { text in
    text.count <= 64 && text.allSatisfy { $0.isASCII && ($0.isHexDigit || $0 == "+") } ? text : nil
}

let package = Package(
    name: "portillon",
    products: [
        .executable(name: "portillon", targets: ["portillon"]),
        .executable(name: "portillon-load", targets: ["portillon-load"]),
        .library(name: "FaultInjection", type: .dynamic, targets: ["FaultInjection"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        .target(name: "CLinux"),
        .target(name: "CFrontEnd"),
        .target(
            name: "CVersion",
            cSettings: commit.map { [.define("PORTILLON_COMMIT", to: "\"\($0)\"")] } ?? []),
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        module("Bytes"),
        module("Time", ["Bytes", "CLinux"]),
        module("Addresses", ["Bytes"]),
        module("Cryptography", ["Bytes", "COpenSSL"]),
        module("LockFree"),
        module("Threads", ["CLinux"]),
        module(
            "CommandIO",
            ["CLinux", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
        module("Files", ["Bytes", "CLinux"]),
        module("Vault", ["Bytes", "Cryptography", "Files"]),
        module("Wire", ["Addresses", "Bytes", "Time"]),
        module("Sockets", ["Addresses", "Bytes", "CLinux", "COpenSSL", "Files"]),
        module("AdminClient", ["Bytes", "Sockets", "Wire"]),
        module(
            "Cluster",
            [
                "Bytes", "CNghttp2", "Cryptography", "Files", "LockFree", "Log", "Sockets",
                "Threads", "Time", "Vault",
            ]),
        module("Contract", ["Bytes", "Time"]),
        module("Availability", ["Time"]),
        module("Robots", ["Bytes", "CLinux", "Cryptography", "Time"], exclude: ["RULESET.md"]),
        module("Ledger", ["Availability", "Bytes", "CLinux", "Contract", "Time"]),
        module(
            "Log", ["Bytes", "Cryptography", "Files", "Threads", "Time"], exclude: ["FORMAT.md"]),
        module(
            "Playback", ["Bytes", "Contract", "Cryptography", "Ledger", "Log", "Time"]),
        module(
            "Evidence", ["Bytes", "Contract", "Cryptography", "Ledger", "Playback", "Time"]),
        module(
            "Webhooks",
            ["Availability", "Bytes", "Contract", "Cryptography", "Ledger", "Time", "Wire"]),
        module(
            "Snapshots",
            [
                "Bytes", "Cryptography", "Evidence", "Files", "Ledger", "Log", "Playback", "Time",
                "Webhooks",
            ]),
        module("Projections", ["Cryptography", "Evidence", "Ledger", "Time", "Webhooks"]),
        module("Exposition", ["Bytes", "LockFree", "CZlib"]),
        module(
            "Gateway",
            [
                "Addresses", "AdminClient", "Availability", "Bytes", "CLinux", "Cluster",
                "Contract", "Cryptography", "Evidence", "Exposition", "Files", "Log", "Ledger",
                "LockFree", "Playback",
                "Projections", "Robots", "Snapshots", "Sockets", "Threads", "Time", "Vault",
                "Webhooks", "Wire",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .executableTarget(
            name: "portillon",
            dependencies: [
                "Addresses", "AdminClient", "Availability", "Bytes", "CFrontEnd", "CLinux",
                "CVersion", "Cluster", "CommandIO", "Contract", "Cryptography", "Evidence", "Files",
                "Gateway", "Ledger",
                "Log", "Playback", "Robots", "Snapshots", "Sockets", "Time", "Vault", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "portillon-load",
            dependencies: [
                "AdminClient", "Bytes", "CommandIO", "Files", "Sockets", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "BitCollections", package: "swift-collections"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            path: "loadtests/portillon-load",
            swiftSettings: strict),

        .executableTarget(
            name: "portillon-robots-judge",
            dependencies: ["Robots", "RobotsCrowd"],
            path: "loadtests/robots-judge",
            exclude: ["README.md"],
            swiftSettings: strict),

        tests(of: "Bytes"),
        tests(of: "Time", ["Bytes", "Contract"]),
        tests(of: "Addresses", ["Bytes"]),
        tests(of: "Cryptography", ["Bytes", "COpenSSL"]),
        tests(of: "LockFree"),
        tests(of: "Threads"),
        tests(of: "CommandIO"),
        tests(of: "Files", ["Bytes"]),
        tests(of: "Exposition", ["Bytes", "LockFree"]),
        tests(of: "Vault", ["Bytes", "Cluster", "ClusterTesting", "Cryptography", "Files"]),
        tests(of: "Wire", ["Addresses", "Bytes", "Time"]),
        tests(of: "Sockets", ["Addresses", "Bytes", "TLSClient"]),
        tests(of: "AdminClient", ["Bytes", "Sockets", "TLSClient", "Wire"]),
        tests(
            of: "Cluster",
            [
                "Bytes", "ClusterTesting", "Cryptography", "Files", "Log", "Sockets", "TLSClient",
                "Threads", "Time",
            ]),
        tests(
            of: "Gateway",
            [
                "AdminClient", "AllocationCounter", "Addresses", "Availability", "Bytes",
                "Cluster", "Contract",
                "Cryptography", "Evidence", "Exposition", "Files", "Log", "Ledger", "LockFree",
                "Playback",
                "Projections", "Robots", "RobotsCrowd", "Snapshots", "Sockets", "TLSClient",
                "Threads", "Time", "Vault", "Webhooks", "Wire",
                .product(name: "Logging", package: "swift-log"),
            ]),
        tests(
            of: "Robots",
            ["AllocationCounter", "Bytes", "Cryptography", "RobotsCrowd", "Time", "Wire"],
            exclude: ["Fixtures"]),
        tests(of: "Contract", ["Bytes", "Time"], exclude: ["Phones"]),
        tests(of: "Availability", ["Time"], exclude: ["RespondBy"]),
        tests(of: "Ledger", ["Availability", "Bytes", "Contract", "Time"]),
        tests(of: "Log", ["Bytes", "Cryptography", "Files", "Time"]),
        tests(
            of: "Webhooks",
            ["Availability", "Bytes", "Contract", "Cryptography", "Ledger", "Time", "Wire"]),
        tests(of: "Playback", ["Bytes", "Contract", "Ledger", "Log", "Time"]),
        tests(
            of: "Snapshots",
            [
                "Bytes", "Cryptography", "Evidence", "Files", "Ledger", "Log", "Playback", "Time",
            ]),
        tests(
            of: "Evidence", ["Bytes", "Contract", "Cryptography", "Ledger", "Time"],
            exclude: ["Golden"]),
        tests(
            of: "Projections", ["Bytes", "Contract", "Cryptography", "Evidence", "Ledger", "Time"]),
        tests(
            of: "portillon",
            [
                "Addresses", "AdminClient", "Availability", "Bytes", "Cluster", "ClusterTesting",
                "Contract", "Evidence", "Gateway", "Ledger",
                "Log", "Playback", "Robots", "Sockets", "Time", "Vault", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        tests(
            of: "portillon-load",
            [
                "AdminClient", "Bytes", "Sockets", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ]),
        // Its targets are what `Tests/Fuzzing` drives, a package of its own.
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "Addresses", "Bytes", "Cluster", "Contract", "Cryptography", "Evidence",
                "Exposition", "Files", "Gateway", "Log", "Ledger", "Robots", "Snapshots",
                "Sockets", "Time", "Wire",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "Availability", "Bytes", "Cluster", "ClusterTesting", "Contract", "Cryptography",
                "Evidence", "Files", "Gateway", "Log",
                "Ledger", "LockFree", "Playback", "Projections", "Robots", "Snapshots", "Sockets",
                "TestSupport", "Threads", "Time", "Vault",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Simulation",
            swiftSettings: strict),
        .target(
            name: "TestSupport", dependencies: ["Bytes", "Files"], path: "Tests/TestSupport",
            swiftSettings: strict),
        .target(
            name: "RobotsCrowd", dependencies: ["Bytes", "Robots", "TestSupport", "Time"],
            path: "Tests/RobotsCrowd", swiftSettings: strict),
        .target(
            name: "ClusterTesting",
            dependencies: ["Bytes", "Cluster", "Cryptography", "Log", "TestSupport"],
            path: "Tests/ClusterTesting", swiftSettings: strict),
        .target(name: "FaultInjection", path: "Tests/FaultInjection"),
        .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
        .target(
            name: "TLSClient", dependencies: ["COpenSSL"], path: "Tests/TLSClient",
            swiftSettings: strict),
        .testTarget(name: "StructureTests", exclude: ["unsafe.txt"], swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "Cluster", "ClusterTesting", "TLSClient", "TestSupport", "portillon",
                "portillon-load",
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
