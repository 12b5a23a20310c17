import Foundation
import FoundationXML

@testable import portillon_load

/// A page as a strict XML parser sees it.
final class ParsedPage: NSObject, XMLParserDelegate {
    struct Element {
        let name: String
        let attributes: [String: String]
        /// All text inside, of inner elements too.
        fileprivate(set) var text = ""

        subscript(attribute: String) -> String? { attributes[attribute] }
    }

    private(set) var elements: [Element] = []
    private var open: [Int] = []

    /// - Throws: the parser's error where the page is not well-formed.
    init(_ report: RunReport) throws {
        super.init()
        let parser = XMLParser(data: Data(ReportPage(report).text.utf8))
        parser.delegate = self
        guard parser.parse() else {
            throw parser.parserError ?? CocoaError(.propertyListReadCorrupt)
        }
    }

    func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }

    func all(_ name: String, class kind: String) -> [Element] {
        all(name).filter { $0["class"]?.split(separator: " ").contains(Substring(kind)) == true }
    }

    /// All text that a reader sees: neither styles nor scripts.
    var text: String { all("main").map(\.text).joined() }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
    ) {
        open.append(elements.count)
        elements.append(Element(name: name, attributes: attributes))
    }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
        qualifiedName: String?
    ) {
        open.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        for index in open { elements[index].text += string }
    }
}
