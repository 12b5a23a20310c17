// swift-tools-version: 6.1
import PackageDescription

/// A peer in Swift: a package of its own, so that the gateway neither builds nor depends on it.
///
/// Its folder cannot be called `hummingbird`: a package's folder is its identity, and that one is
/// the framework's.
let package = Package(
    name: "hummingbird-peer",
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.0.0"),
    ],
    targets: [
        .executableTarget(
            name: "hummingbird-peer",
            dependencies: [
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ])
    ]
)
