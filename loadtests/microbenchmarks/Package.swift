// swift-tools-version: 6.3
import PackageDescription

// What the data path is made of, measured part by part. A package of its own, so that the gateway
// does not depend on the benchmark library; the sources are the gateway's own, by the symbolic link
// `Modules`, and so is everything of `package` access in them.

/// The settings of the gateway's targets, as in the Package.swift at the root: what is measured is
/// what runs.
let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

func module(
    _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Modules/" + name, exclude: exclude,
        swiftSettings: strict)
}

let package = Package(
    name: "microbenchmarks",
    dependencies: [
        // Without its traits: they count allocations by libraries that are loaded first, which
        // costs time in what is measured.
        .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: [])
    ],
    targets: [
        .target(name: "CLinux", path: "Modules/CLinux"),
        .systemLibrary(
            name: "COpenSSL", path: "Modules/COpenSSL", pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CZlib", path: "Modules/CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"])]),
        module("Bytes"),
        module("Time", ["Bytes", "CLinux"]),
        module("Addresses", ["Bytes"]),
        module("Cryptography", ["Bytes", "COpenSSL"]),
        module("LockFree"),
        module("Threads", ["CLinux"]),
        module("Files", ["Bytes", "CLinux"]),
        module("Wire", ["Addresses", "Bytes", "Time"]),
        module("Contract", ["Bytes", "Time"]),
        module("Availability", ["Time"]),
        module("Robots", ["Bytes", "CLinux", "Cryptography", "Time"], exclude: ["RULESET.md"]),
        module("Ledger", ["Availability", "Bytes", "CLinux", "Contract", "Time"]),
        module(
            "Log", ["Bytes", "Cryptography", "Files", "Threads", "Time"], exclude: ["FORMAT.md"]),
        module("Exposition", ["Bytes", "LockFree", "CZlib"]),
        .executableTarget(
            name: "Microbenchmarks",
            dependencies: [
                "Addresses", "Bytes", "Cryptography", "Exposition", "Log", "Ledger", "LockFree",
                "Robots", "Time", "Wire",
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/Microbenchmarks",
            swiftSettings: strict,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ],
    swiftLanguageModes: [.v6]
)
