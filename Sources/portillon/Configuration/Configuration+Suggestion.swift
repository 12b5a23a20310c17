import CommandIO

extension Configuration {
    /// `; did you mean …?` if a known name is close to the given one, else how to list all names.
    static func suggestion(for name: String, among known: [String]) -> String {
        Spelling.nearest(to: name, among: known).map { "; did you mean \($0)?" }
            ?? "; \"portillon serve --print-config\" lists them all"
    }
}
