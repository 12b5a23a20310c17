import Bytes
import Cryptography

@testable import Log

/// What somebody, a disk or a crash does to a log's files, read from an input: a byte for the
/// deed, one for the segment, then what the deed needs.
///
/// Random bytes alone never come past the first hash. So some deeds put hashes right again, as only
/// somebody could who means to deceive: from then on the records may be others.
struct LogEdit {
    private var input: InputReader
    /// A hash was made to fit.
    private(set) var hasForged = false
    /// Nothing was changed so far.
    private(set) var isWithoutEffect = true

    init(_ input: [UInt8]) {
        self.input = InputReader(input)
    }

    /// Does the next deed.
    /// - Returns: false at the end of the script.
    mutating func apply(to segments: inout [LogTarget.Segment]) -> Bool {
        guard !input.isAtEnd else { return false }
        let deed = input.byte()
        let place = Int(input.byte())
        guard !segments.isEmpty else { return false }
        isWithoutEffect = false
        let index = place % segments.count
        switch deed % 13 {
        case 0: overwrite(&segments[index].bytes, bytes: 1)
        case 1: overwrite(&segments[index].bytes, bytes: 4)
        case 2: overwrite(&segments[index].bytes, bytes: 8)
        case 3: clear(&segments[index].bytes)
        case 4:
            let length = Int(input.word(bytes: 2)) % (segments[index].bytes.count + 1)
            segments[index].bytes.removeSubrange(length...)
        case 5:
            let length = Int(input.word(bytes: 2)) % 2_048
            segments[index].bytes += Array(repeating: input.byte(), count: length)
        case 6: segments.remove(at: index)
        case 7: copySector(to: index, &segments)
        case 8: segments[index].name = name(input.byte())
        case 9: forgeSegmentHeader(&segments[index].bytes)
        case 10: forgeBatch(&segments[index].bytes)
        case 11: forgeFooter(&segments[index].bytes)
        default:
            if segments.count < 5 {
                segments.append(.init(name: name(input.byte()), bytes: segments[index].bytes))
            }
        }
        return true
    }

    // MARK: Deeds

    private mutating func overwrite(_ bytes: inout [UInt8], bytes count: Int) {
        let offset = Int(input.word(bytes: 2))
        let value = input.word(bytes: count)
        for place in 0..<count where offset + place < bytes.count {
            bytes[offset + place] = UInt8(truncatingIfNeeded: value >> UInt64(place * 8))
        }
    }

    private mutating func clear(_ bytes: inout [UInt8]) {
        let start = min(Int(input.word(bytes: 2)), bytes.count)
        let end = min(start + Int(input.word(bytes: 2)), bytes.count)
        for place in start..<end { bytes[place] = 0 }
    }

    private mutating func copySector(to index: Int, _ segments: inout [LogTarget.Segment]) {
        let source = segments[Int(input.byte()) % segments.count].bytes
        let from = Int(input.byte() % 8) * 512
        let to = Int(input.byte() % 8) * 512
        guard from + 512 <= source.count, to + 512 <= segments[index].bytes.count else { return }
        segments[index].bytes.replaceSubrange(to..<(to + 512), with: source[from..<(from + 512)])
    }

    private func name(_ sequence: UInt8) -> String {
        LogFormat.segmentName(firstSequence: UInt64(sequence))
    }

    // MARK: Forgeries

    private mutating func forgeSegmentHeader(_ bytes: inout [UInt8]) {
        guard bytes.count >= 512 else { return }
        hasForged = true
        bytes.replaceSubrange(480..<512, with: digest(bytes[..<480]))
    }

    private mutating func forgeBatch(_ bytes: inout [UInt8]) {
        let start = Int(input.byte() % 8) * 512
        guard start + 512 <= bytes.count else { return }
        hasForged = true
        let checksum = digest(bytes[start..<(start + 64)])
        bytes.replaceSubrange((start + 64)..<(start + 72), with: checksum[..<8])
        let payload = (0..<4).reduce(0) { $0 | Int(bytes[start + 20 + $1]) << ($1 * 8) }
        let extent = LogFormat.extent(payloadBytes: payload)
        guard start + extent <= bytes.count else { return }
        let chain = digest(bytes[start..<(start + extent - 32)])
        bytes.replaceSubrange((start + extent - 32)..<(start + extent), with: chain)
    }

    private mutating func forgeFooter(_ bytes: inout [UInt8]) {
        guard bytes.count >= 1_024 else { return }
        hasForged = true
        let next = UInt64(input.byte())
        let sector = Int(input.byte() % 8) * 512
        // The chain that the segment begins with, or the one behind some batch of it.
        let chain = sector == 0 ? 32..<64 : (sector - 32)..<sector
        guard chain.upperBound <= bytes.count else { return }
        var sha = SHA256()
        let footer = SegmentFooter(
            nextSequence: next, chain: Array(bytes[chain]).withBytes { SHA256Digest($0) })
        bytes.replaceSubrange((bytes.count - 512)..., with: footer.encoded(&sha).bytes.array)
    }

    private func digest(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var sha = SHA256()
        return Array(bytes).withBytes { sha.digest($0).bytes.array }
    }
}
