package import Bytes

/// What speaks for a robot, with an entry that was let in: item 1 of its record's extensions.
///
/// Integers are little-endian:
///
///     bytes  0...3   version of the ruleset
///            4...11  the first eight bytes of its SHA-256
///           12...15  weight of the head (layers 1 and 2), signed, in thousandths
///           16...19  weight of the behaviour (layers 3 and 4), the same
///           20       findings that are left out
///           then     the findings: ``RobotFindings``
///
/// Names stand in words: a replaced ruleset takes none of them away. What the request's head showed
/// is not there: that is connection data, and this is not sealed.
package struct RobotEvidenceRecord: Equatable, Sendable {
    package struct Finding: Equatable, Sendable {
        /// 1 names of tools, 2 the headers' consistency, 3 rhythm, 4 cohort.
        package var layer: UInt8
        /// In thousandths of a natural unit.
        package var weight: Int32
        /// What a rule of layers 3 and 4 measured, in its unit; 0 of the others.
        package var observed: Int32
        package var rule: String
        /// The tool that it names.
        package var tool: String?
    }

    package var rulesetVersion: UInt32
    package var rulesetDigest: UInt64
    package var headWeight: Int32
    package var behaviourWeight: Int32
    package var omitted: UInt8
    package var findings: [Finding] = []

    /// Bytes before the findings.
    package static var headBytes: Int { 21 }

    /// - Throws: ``EntryRecordError/malformedExtensions``.
    package init(reading item: RawSpan) throws(EntryRecordError) {
        var reader = ByteReader(item)
        do {
            rulesetVersion = try reader.read()
            rulesetDigest = try reader.read()
            headWeight = try reader.read()
            behaviourWeight = try reader.read()
            omitted = try reader.read()
        } catch {
            throw .malformedExtensions
        }
        let rest = item.extracting(Self.headBytes..<item.byteCount)
        var cursor = RobotFindings(rest)
        while let finding = try cursor.next() {
            let tool = rest.extracting(finding.tool)
            findings.append(
                Finding(
                    layer: finding.layer, weight: finding.weight, observed: finding.observed,
                    rule: rest.extracting(finding.rule).text,
                    tool: tool.byteCount > 0 ? tool.text : nil))
        }
    }

    /// ``rulesetDigest`` as the file's SHA-256 begins: 16 hexadecimal digits.
    package var digestText: String {
        (0..<8).map { index in
            let byte = UInt8(truncatingIfNeeded: rulesetDigest >> UInt64(8 * index))
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }

    /// Sees whether bytes are such an item, and allocates nothing.
    static func check(_ item: RawSpan) throws(EntryRecordError) {
        guard item.byteCount >= headBytes, item.byteCount <= LedgerLimits.evidenceBytes else {
            throw .malformedExtensions
        }
        var cursor = RobotFindings(item.extracting(headBytes..<item.byteCount))
        while try cursor.next() != nil {}
    }

    /// Appends what goes before the findings.
    package static func append(
        rulesetVersion: UInt32, rulesetDigest: UInt64, headWeight: Int32, behaviourWeight: Int32,
        omitted: UInt8, to buffer: inout ByteBuffer
    ) {
        buffer.append(littleEndian: rulesetVersion)
        buffer.append(littleEndian: rulesetDigest)
        buffer.append(littleEndian: headWeight)
        buffer.append(littleEndian: behaviourWeight)
        buffer.append(omitted)
    }
}
