package import Bytes

/// Findings one after the other: layer (one byte, 1...4), weight and observed value (four bytes
/// each, signed, little-endian), length (one byte, 1...64) and name of the rule, length (one byte,
/// 0...64) and name of the tool.
package struct RobotFindings: ~Escapable {
    private let bytes: RawSpan
    private var offset = 0

    /// One finding; where its names lie in the bytes, the tool's empty where it names none.
    package struct Finding: Equatable, Sendable {
        package var layer: UInt8
        package var weight: Int32
        package var observed: Int32
        package var rule: Range<Int>
        package var tool: Range<Int>
    }

    /// The most bytes of a name.
    package static var nameBytes: Int { 64 }
    /// Bytes of a finding beside its names.
    private static var fixedBytes: Int { 11 }

    @_lifetime(copy bytes)
    package init(_ bytes: RawSpan) {
        self.bytes = bytes
    }

    /// The next finding; `nil` at the end.
    /// - Throws: ``EntryRecordError/malformedExtensions``.
    @_lifetime(self: copy self)
    package mutating func next() throws(EntryRecordError) -> Finding? {
        guard offset < bytes.byteCount else { return nil }
        guard bytes.byteCount - offset >= Self.fixedBytes else { throw .malformedExtensions }
        let layer = bytes[offset]
        guard (1...4).contains(layer) else { throw .malformedExtensions }
        let weight = word(at: offset + 1)
        let observed = word(at: offset + 5)
        offset += 9
        let rule = try bytes.part(at: &offset, of: 1...Self.nameBytes)
        let tool = try bytes.part(at: &offset, of: 0...Self.nameBytes)
        return Finding(layer: layer, weight: weight, observed: observed, rule: rule, tool: tool)
    }

    private func word(at place: Int) -> Int32 {
        var bits: UInt32 = 0
        for index in 0..<4 { bits |= UInt32(bytes[place + index]) << UInt32(8 * index) }
        return Int32(bitPattern: bits)
    }

    /// Bytes of a finding that names no tool.
    package static func lengthBytes(rule: Int) -> Int { fixedBytes + rule }

    /// Appends a finding that names no tool.
    package static func append(
        layer: UInt8, weight: Int32, observed: Int32, rule: StaticString,
        to findings: inout ByteBuffer
    ) {
        findings.append(layer)
        findings.append(littleEndian: weight)
        findings.append(littleEndian: observed)
        findings.append(UInt8(rule.utf8CodeUnitCount))
        findings.append(rule)
        findings.append(UInt8(0))
    }

    /// Appends a finding, where it still fits into an entry's evidence.
    /// - Parameters:
    ///   - rule: 1 to 64 bytes.
    ///   - tool: the same, or none.
    /// - Returns: whether it was appended.
    package static func append(
        layer: UInt8, weight: Int32, observed: Int32 = 0, rule: RawSpan, tool: RawSpan,
        to findings: inout ByteBuffer
    ) -> Bool {
        let length = fixedBytes + rule.byteCount + tool.byteCount
        let room = LedgerLimits.evidenceBytes - RobotEvidenceRecord.headBytes - findings.count
        guard length <= room else { return false }
        findings.append(layer)
        findings.append(littleEndian: weight)
        findings.append(littleEndian: observed)
        findings.append(UInt8(rule.byteCount))
        findings.append(rule)
        findings.append(UInt8(tool.byteCount))
        findings.append(tool)
        return true
    }
}
