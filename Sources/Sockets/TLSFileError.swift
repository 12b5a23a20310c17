/// What is wrong with one of the files.
package struct TLSFileError: Error, Equatable, CustomStringConvertible {
    /// What the file was to be, by the name of its setting.
    package enum Part: String, Sendable {
        case certificate
        case key
        case clientAuthorities = "client_ca"
        /// Whom a client trusts.
        case authorities = "ca"
    }

    package let part: Part
    package let path: String
    /// What it is, and what it takes.
    package let detail: String

    package init(_ part: Part, _ path: String, _ detail: String) {
        self.part = part
        self.path = path
        self.detail = detail
    }

    package var description: String { "\(part.rawValue) \(path): \(detail)" }
}
