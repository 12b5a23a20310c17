import Bytes

/// A piece of the page. What comes from outside enters as text or as an attribute's value, and is
/// escaped there; elements, attributes, styles and scripts are literals of this program, which
/// `StaticString` holds.
///
/// It is well-formed XML as well as HTML, so that a strict parser can check a page.
struct HTML {
    private(set) var markup: String

    /// Text, whatever it holds.
    init(text: String) {
        markup = Self.escaped(text)
    }

    /// A literal as it is: a style, a script, a document type.
    init(literal: StaticString) {
        markup = literal.description
    }

    /// An element; an attribute whose value is nil is left out.
    init(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:],
        @HTMLBuilder content: () -> HTML = { HTML(literal: "") }
    ) {
        markup = "<\(name)"
        for (attribute, value) in attributes {
            guard let value else { continue }
            markup += " \(attribute)=\"\(Self.escaped(value))\""
        }
        // `<p/>` would begin a paragraph in HTML: only elements that never have content end so.
        if Self.elementsWithoutContent.contains(name.description) {
            markup += "/>"
        } else {
            markup += ">\(content().markup)</\(name)>"
        }
        if Self.elementsThatEndALine.contains(name.description) { markup += "\n" }
    }

    static func + (first: HTML, second: HTML) -> HTML {
        HTML(joining: [first, second])
    }

    fileprivate init(joining parts: [HTML]) {
        markup = parts.map(\.markup).joined()
    }

    private static let elementsWithoutContent: Set<String> = ["br", "meta"]
    /// Space after these means nothing, and a page with lines can be read and compared.
    private static let elementsThatEndALine: Set<String> = [
        "div", "dl", "figcaption", "figure", "g", "h1", "h2", "h3", "head", "header", "li", "main",
        "meta", "p", "pattern", "polygon", "polyline", "section", "svg", "table", "title", "tr",
        "ul",
    ]

    /// Safe between tags and inside of double or single quotes.
    private static func escaped(_ text: String) -> String {
        Markup.escaped(text.printable)
    }
}

/// Lets a function list the pieces of an element; a string among them is text.
@resultBuilder
enum HTMLBuilder {
    static func buildExpression(_ text: String) -> HTML { HTML(text: text) }
    static func buildExpression(_ piece: HTML) -> HTML { piece }
    static func buildExpression(_ pieces: [HTML]) -> HTML { HTML(joining: pieces) }
    static func buildBlock(_ pieces: HTML...) -> HTML { HTML(joining: pieces) }
    static func buildOptional(_ piece: HTML?) -> HTML { piece ?? HTML(joining: []) }
    static func buildEither(first piece: HTML) -> HTML { piece }
    static func buildEither(second piece: HTML) -> HTML { piece }
    static func buildArray(_ pieces: [HTML]) -> HTML { HTML(joining: pieces) }
}
