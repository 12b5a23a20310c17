internal import Glibc
internal import Synchronization

/// Ports on 127.0.0.1 for servers that start later, perhaps more than once, and for those that a
/// test finds absent.
///
/// A port that the kernel has chosen and taken back may be another connection's a moment later, or
/// between two starts of its server. These are none that the kernel gives to anybody who asks for
/// any, and each process of tests has a block of them to itself.
package enum LoopbackPorts {
    /// From 32,768 on the kernel gives them away.
    private static let all: Range<UInt16> = 10_000..<32_000
    private static let blockCount: UInt16 = 2_000
    private static let block = Mutex<Block?>(nil)

    /// The first port of a block is bound for as long as the process has the block.
    private struct Block {
        let first: UInt16
        let descriptor: Int32
        var next: UInt16 = 1
    }

    package enum Failure: Error {
        case noBlockIsFree
        case noPortIsFree
    }

    /// One that nobody has now, and that no other call is given for a long time.
    package static func take() throws -> UInt16 {
        try block.withLock { block in
            if block == nil { block = try claimBlock() }
            guard var own = block else { throw Failure.noBlockIsFree }
            for _ in 1..<blockCount {
                let port = own.first + own.next
                own.next = own.next + 1 < blockCount ? own.next + 1 : 1
                block = own
                guard let descriptor = bound(to: port) else { continue }
                close(descriptor)
                return port
            }
            throw Failure.noPortIsFree
        }
    }

    private static func claimBlock() throws -> Block {
        let blocks = all.count / Int(blockCount)
        let start = Int.random(in: 0..<blocks)
        for number in 0..<blocks {
            let first = all.lowerBound + UInt16((start + number) % blocks) * blockCount
            if let descriptor = bound(to: first) {
                return Block(first: first, descriptor: descriptor)
            }
        }
        throw Failure.noBlockIsFree
    }

    /// A socket that has the port, where nobody else does.
    private static func bound(to port: UInt16) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, length)
            }
        }
        guard result == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}
