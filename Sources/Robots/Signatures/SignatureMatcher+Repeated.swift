internal import Bytes

extension SignatureMatcher {
    /// Looks through the values of headers that were sent more than once, behind the first of each.
    ///
    /// Two lines of one name are one list (RFC 9110, section 5.3), so a tell counts in any of them.
    /// What excuses a rule counts in its own line alone: else a second line would hide a tell.
    /// - Parameter headers: a bit for each, by its number in the table of names.
    /// - Precondition: the fields lie within the head.
    @inline(never)
    func scanRepeated(
        _ head: RawSpan, _ fields: Span<HeaderRange>, _ names: HeaderNameTable,
        _ walk: HeaderWalk, _ headers: UInt64, _ hits: inout SignatureHits
    ) {
        for index in 0..<min(fields.count, 255) {
            let field = fields[index]
            let number = names.find(
                head, start: Int(field.nameStart), count: Int(field.nameCount)
            ).number
            guard number != HeaderNameTable.unknown, headers & (1 << UInt64(number)) != 0,
                index > walk.place(ofNumber: Int(number))
            else { continue }
            var own = SignatureHits()
            scan(head, field.value, of: number, &own)
            hits.add(own)
        }
    }
}
