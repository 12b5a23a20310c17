import Foundation
import Glibc
import TLSClient
import Testing

@testable import Sockets

@Suite("Files of certificates and keys")
struct TLSFileTests {
    let files: Certificates

    init() throws { files = try Certificates.shared.get() }

    /// What is said about a pair of files.
    private func fault(
        _ certificate: String, _ key: String, clientAuthorities: String? = nil
    ) -> TLSFileError? {
        let pair = TLSFiles.Pair(certificate: certificate, key: key)
        let wanted = TLSFiles(pairs: [pair], clientAuthorities: clientAuthorities)
        do throws(TLSFileError) {
            _ = try TLSContext(wanted, tickets: nil, now: Certificates.now)
            return nil
        } catch {
            return error
        }
    }

    private func write(_ text: String, _ name: String) throws -> String {
        let path = files.folder + "/" + name
        let file = unsafe fopen(path, "w")
        let written = unsafe file.map { unsafe fputs(text, $0) }
        try #require(written ?? -1 >= 0)
        unsafe fclose(file)
        return path
    }

    @Test("what is missing, empty, a folder, or the other's, is named")
    func faults() throws {
        let good = files.ecdsa
        let none = files.folder + "/none"
        let empty = try write("", "empty")
        try #require(unsafe chmod(empty, 0o600) == 0, "a key that others read is refused for that")
        let noise = try write(
            "-----BEGIN CERTIFICATE-----\nnoise\n-----END CERTIFICATE-----\n", "noise")
        let pipe = files.folder + "/pipe"
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        let chain = try String(contentsOfFile: good.certificate, encoding: .utf8)
        let damaged = chain.replacingOccurrences(of: "A", with: "!")
        let broken = try write(chain + damaged + chain, "broken")
        let whole = try write(chain + chain, "whole")
        let cases: [(TLSFileError?, TLSFileError.Part, String, String)] = [
            (fault(none, good.key), .certificate, none, "No such file"),
            (fault(good.certificate, none), .key, none, "No such file"),
            (fault(empty, good.key), .certificate, empty, "no certificate"),
            (fault(noise, good.key), .certificate, noise, "no certificate"),
            (fault(good.certificate, empty), .key, empty, "no private key"),
            (fault(files.folder, good.key), .certificate, files.folder, "not a file"),
            (fault(pipe, good.key), .certificate, pipe, "not a file"),
            (fault(broken, good.key), .certificate, broken, "certificate 1 is damaged"),
            (fault(good.key, good.key), .certificate, good.key, "no certificate"),
            (
                fault(good.certificate, files.rsa.key), .key, files.rsa.key,
                "does not belong to \(good.certificate)"
            ),
            (
                fault(good.certificate, good.key, clientAuthorities: none), .clientAuthorities,
                none, "No such file"
            ),
            (
                fault(good.certificate, good.key, clientAuthorities: empty), .clientAuthorities,
                empty, "no certificate"
            ),
        ]
        for (found, part, path, detail) in cases {
            #expect(found?.part == part, "\(path): \(found)")
            #expect(found?.path == path, "\(path): \(found)")
            #expect(found?.detail.contains(detail) == true, "\(path): \(found)")
        }
        #expect(fault(good.certificate, good.key) == nil)
        #expect(fault(whole, good.key) == nil)
    }

    @Test("a certificate that has ended, or whose key is too short, is not shown to anybody")
    func unfit() throws {
        let old = try TestCertificate(
            at: files.folder + "/old", names: ["a.test"], secondsLeft: -60)
        let expired = fault(old.certificate, old.key)
        #expect(expired?.path == old.certificate)
        #expect(expired?.detail.contains("expired") == true, "\(expired)")
        let short = try TestCertificate(
            at: files.folder + "/short", names: ["a.test"], kind: .rsa, bits: 1_024)
        let refused = fault(short.certificate, short.key)
        #expect(refused?.detail.contains("key too small") == true, "\(refused)")
    }

    @Test("a key that others may read is refused; two certificates for one purpose are an error")
    func doubtful() throws {
        let open = try TestCertificate(at: files.folder + "/open", names: ["c.test"])
        func warnings(_ mode: mode_t, now: Int64 = Certificates.now) throws -> [String] {
            unsafe chmod(open.key, mode)
            return try TLSContext(TLSFiles(open), tickets: nil, now: now).warnings
        }
        for mode: mode_t in [0o644, 0o604, 0o602, 0o620] {
            let refused = #expect(throws: TLSFileError.self) { try warnings(mode) }
            #expect(refused?.part == .key && refused?.path == open.key)
            #expect(refused?.detail.contains("chmod 600 \(open.key)") == true, "\(refused)")
        }
        // A group may be what a service reads it by.
        for mode: mode_t in [0o600, 0o640] { #expect(try warnings(mode) == []) }
        // A text editor of Windows: a byte order mark, and CR LF.
        for path in [open.certificate, open.key] {
            let url = URL(filePath: path)
            let text = try String(contentsOf: url, encoding: .utf8)
            try Data(("\u{FEFF}" + text.replacing("\n", with: "\r\n") + "\r\n").utf8).write(to: url)
        }
        let early = try warnings(0o600, now: Certificates.now - 7 * 86_400)
        #expect(early.count == 1 && early[0].contains("not valid yet"), "\(early)")
        let context = try TLSContext(TLSFiles(open), tickets: nil, now: Certificates.now)
        #expect(context.certificates.first?.notAfter ?? 0 > Certificates.now)
        let again = try TestCertificate(at: files.folder + "/again", names: ["c.test"])
        #expect(throws: TLSFileError.self) {
            try TLSContext(TLSFiles(open, again), tickets: nil, now: Certificates.now)
        }
    }
}
