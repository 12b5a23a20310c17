package import Bytes
package import Time

extension ByteBuffer {
    /// Appends a moment as HTTP dates it, `Fri, 20 Nov 2026 12:00:00 GMT` (RFC 9110, 5.6.7):
    /// 29 bytes for the years 0 to 9999, which other years are brought to.
    package mutating func append(imfFixdate time: Timestamp) {
        // The first and the last second of the years that four digits can write.
        let clamped = min(max(time.milliseconds, -62_167_219_200_000), 253_402_300_799_000)
        let (year, month, day, millisecond) = Timestamp(milliseconds: clamped).civil
        append(Self.names("SunMonTueWedThuFriSat", Self.weekday(milliseconds: clamped)))
        append(", " as StaticString)
        append(decimal: UInt64(day), width: 2)
        append(Byte.space)
        append(Self.names("JanFebMarAprMayJunJulAugSepOctNovDec", Int(month) - 1))
        append(Byte.space)
        append(decimal: UInt64(year), width: 4)
        append(Byte.space)
        append(decimal: UInt64(millisecond / 3_600_000), width: 2)
        append(Byte.colon)
        append(decimal: UInt64(millisecond / 60_000 % 60), width: 2)
        append(Byte.colon)
        append(decimal: UInt64(millisecond / 1000 % 60), width: 2)
        append(" GMT" as StaticString)
    }

    /// Days since Sunday; 1970-01-01 was a Thursday.
    private static func weekday(milliseconds: Int64) -> Int {
        let dayLength: Int64 = 86_400_000
        let days = (milliseconds - (milliseconds < 0 ? dayLength - 1 : 0)) / dayLength
        return Int(((days + 4) % 7 + 7) % 7)
    }

    /// The three letters at a place in a list of such names.
    @_lifetime(immortal)
    private static func names(_ list: StaticString, _ index: Int) -> RawSpan {
        precondition(index >= 0 && index * 3 + 3 <= list.utf8CodeUnitCount, "a name of the list")
        // Safe: within the text, which lives for ever.
        let span = unsafe RawSpan(_unsafeStart: list.utf8Start + index * 3, byteCount: 3)
        return unsafe _overrideLifetime(span, copying: ())
    }
}
