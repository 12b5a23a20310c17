/// What a request is, beside its header fields.
package struct RequestTraits: OptionSet, Sendable, BitwiseCopyable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The method is POST.
    package static var post: RequestTraits { RequestTraits(rawValue: 1) }
    /// The body is JSON, by its media type.
    package static var json: RequestTraits { RequestTraits(rawValue: 2) }
    /// The version is HTTP/1.0.
    package static var http10: RequestTraits { RequestTraits(rawValue: 4) }
}
