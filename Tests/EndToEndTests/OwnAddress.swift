import Foundation
import Glibc

/// An IPv4 address of this machine that is not a loopback one: a peer that has limits of its own.
///
/// A test that uses it listens on all addresses for a moment, so it is asked for with
/// `PORTILLON_OWN_ADDRESS=1`.
enum OwnAddress {
    /// Nil where it is not asked for, and on a machine that has none.
    static let any: in_addr? = {
        guard ProcessInfo.processInfo.environment["PORTILLON_OWN_ADDRESS"] == "1" else {
            return nil
        }
        var first: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&first) == 0 else { return nil }
        defer { unsafe freeifaddrs(first) }
        var next = unsafe first
        while let entry = unsafe next {
            unsafe next = unsafe entry.pointee.ifa_next
            guard let address = unsafe entry.pointee.ifa_addr,
                unsafe Int32(address.pointee.sa_family) == AF_INET
            else { continue }
            let found = unsafe address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                unsafe $0.pointee.sin_addr
            }
            if UInt32(bigEndian: found.s_addr) >> 24 != 127 { return found }
        }
        return nil
    }()
}
