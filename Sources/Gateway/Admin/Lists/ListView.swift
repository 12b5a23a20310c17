internal import Availability

/// A view that lists are made of.
protocol ListedView: Encodable {
    /// The member of a list's answer that has the elements.
    static var listName: String { get }
    static var shape: Shape { get }
    /// What an element of a list is described by; `shape`, or the name that it has there.
    static var listedShape: Shape { get }
}

extension ListedView {
    static var listedShape: Shape { shape }
}

/// A page of a list as it is answered: its elements under their name, and `next`.
struct ListView<Element: ListedView>: Encodable {
    private let elements: [Element]
    private let next: String?

    init(elements: [Element], next: String?) {
        self.elements = elements
        self.next = next
    }

    /// - Parameter view: of the element at a place.
    init(_ page: ListPage, _ view: (Int) -> Element) {
        self.init(elements: page.places.map(view), next: page.next)
    }

    init<Record>(_ page: NumberedPage<Record>, _ view: (Record) -> Element) {
        self.init(elements: page.records.map(view), next: page.next)
    }

    private struct Member: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(elements, forKey: Member(stringValue: Element.listName))
        try members.encodeIfPresent(next, forKey: Member(stringValue: "next"))
    }

    static var shape: Shape { ListPage.shape(Element.listName, of: Element.listedShape) }
}
