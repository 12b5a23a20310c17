/// Where a type is found, and whether anybody uses what is declared.
enum NameRules {
    /// A type of so many lines beside a file's main type has a file of its own.
    static let longestCompanion = 25

    /// A file `Type.swift` declares the type, and `Type+Capability.swift` extends or declares it;
    /// other types in it are small.
    static func fileNames(in file: SourceFile) -> [String] {
        let name = file.path.split(separator: "/").last.map { $0.dropLast(".swift".count) } ?? ""
        let type = name.prefix { $0 != "+" }
        let declarations = Declaration.all(in: file).filter {
            $0.isTopLevel && ($0.isType || $0.kind == "extension")
        }
        let isExtension = type.count < name.count
        guard declarations.contains(where: { $0.name == type && (isExtension || $0.isType) }) else {
            return ["\(file.path): there is no \(type) in it"]
        }
        return declarations.compactMap { other in
            guard other.isType, other.name != type, !other.isPrivate else { return nil }
            let length = length(of: other, in: file)
            if length <= longestCompanion { return nil }
            return
                "\(file.path):\(other.line): \(other.name) has \(length) lines: \(other.name).swift"
        }
    }

    /// From a top-level declaration's line to the one that closes it.
    private static func length(of declaration: Declaration, in file: SourceFile) -> Int {
        let rest = file.lines[(declaration.line - 1)...]
        return (rest.firstIndex { $0.hasPrefix("}") } ?? file.lines.count) - declaration.line + 2
    }

    /// For each byte, whether it may be of a word: what is not ASCII may.
    private static let isOfWord = (UInt8.min...UInt8.max).map { byte in
        byte >= 0x80 || byte == UInt8(ascii: "_") || Character(UnicodeScalar(byte)).isLetter
            || Character(UnicodeScalar(byte)).isNumber
    }

    /// Names that are declared and not private, and stand nowhere else in the code of these files.
    ///
    /// A name that two declarations share is used where either is, so that it finds too little, and
    /// never too much.
    static func unused(in files: [SourceFile], declaredBelow folders: [String]) -> [String] {
        var uses: [Substring: Int] = [:]
        for line in files.lazy.flatMap(\.code) {
            for word in line.utf8.split(whereSeparator: { !isOfWord[Int($0)] }) {
                uses[Substring(word), default: 0] += 1
            }
        }
        var declared: [Substring: [String]] = [:]
        for file in files where folders.contains(where: { file.path.hasPrefix($0) }) {
            for declaration in Declaration.all(in: file)
            where !declaration.isPrivate && declaration.kind != "extension" {
                declared[declaration.name, default: []].append(
                    "\(file.path):\(declaration.line): \(declaration.name)")
            }
        }
        return declared.filter { uses[$0.key, default: 0] <= $0.value.count }
            .flatMap(\.value).sorted()
    }
}
