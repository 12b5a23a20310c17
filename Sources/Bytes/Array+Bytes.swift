extension [UInt8] {
    /// Lends the bytes as a span.
    package func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
        // A span of an array's elements is its bytes: they have no padding and any value.
        unsafe body(span.bytes)
    }
}

extension String {
    /// Lends the text's UTF-8 as a span.
    package func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
        unsafe body(utf8Span.span.bytes)
    }
}
