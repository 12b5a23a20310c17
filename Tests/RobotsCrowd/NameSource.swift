/// First and last names with the frequencies of people's, made of syllables.
///
/// The frequency of a rank falls as (rank + offset)^-exponent (Zipf and Mandelbrot; for family
/// names Zanette and Manrubia, "Vertical transmission of culture and the distribution of family
/// names", 2001). French figures to compare with: Martin, the commonest last name, 0.35 %; the
/// commonest first name of a generation 2 to 3 % (INSEE, fichier des prénoms; Géopatronyme).
package struct NameSource: Sendable {
    package struct Law: Sendable {
        package var count: Int
        package var exponent: Double
        package var offset: Double

        package init(count: Int, exponent: Double, offset: Double) {
            self.count = count
            self.exponent = exponent
            self.offset = offset
        }
    }

    private let firstNames: Weighted<String>
    private let lastNames: Weighted<String>

    package init(first: Law, last: Law) {
        firstNames = Self.names(first, salt: 1)
        lastNames = Self.names(last, salt: 2)
    }

    package func firstName(_ draw: inout Draw) -> String { draw.pick(firstNames) }

    package func lastName(_ draw: inout Draw) -> String { draw.pick(lastNames) }

    /// The commonest ones, in order: what lists for generators hold.
    package func commonest(first: Int, last: Int) -> (first: [String], last: [String]) {
        (Array(firstNames.elements.prefix(first)), Array(lastNames.elements.prefix(last)))
    }

    private static let onsets = [
        "b", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v", "ch", "br", "gr", "tr", "j",
        "c",
    ]
    private static let endings = [
        "a", "e", "i", "o", "ou", "an", "el", "in", "ard", "on", "eau", "y",
    ]

    private static func names(_ law: Law, salt: Int) -> Weighted<String> {
        let pairs = (0..<law.count).map { rank in
            (name(rank, salt: salt), power(Double(rank + 1) + law.offset, -law.exponent))
        }
        return Weighted(pairs)
    }

    /// Another one for each number: its digits in syllables.
    private static func name(_ number: Int, salt: Int) -> String {
        var rest = number * 7 + salt
        var text = ""
        repeat {
            text += onsets[rest % onsets.count]
            rest /= onsets.count
            text += endings[rest % endings.count]
            rest /= endings.count
        } while rest > 0
        return text + (salt == 1 ? "ie" : "")
    }
}
