/// What a request is, beside its header fields.
package struct RequestTraits: OptionSet, Sendable, BitwiseCopyable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// For the entry's way: a literal of several traits would be put together by a generic function
    /// of the library, which allocates.
    package init(isPost: Bool, isJSON: Bool, isHTTP10: Bool) {
        rawValue = (isPost ? 1 : 0) | (isJSON ? 2 : 0) | (isHTTP10 ? 4 : 0)
    }

    /// The method is POST.
    package static var post: RequestTraits { RequestTraits(rawValue: 1) }
    /// The body is JSON, by its media type.
    package static var json: RequestTraits { RequestTraits(rawValue: 2) }
    /// The version is HTTP/1.0.
    package static var http10: RequestTraits { RequestTraits(rawValue: 4) }
}
