internal import Bytes
internal import Cryptography

/// `Authorization: Basic …` (RFC 7617), as a browser sends what its user typed in: any name, and a
/// token as the password.
///
/// A browser sends it again by itself, for pages of other origins too. So only routes take it that
/// change nothing, and whose answers no other origin can read (``AdminRoute/acceptsBasic``).
enum BasicCredential {
    /// The field as it is with the token as bearer; other fields as they are.
    static func asBearer(_ authorization: String?) -> String? {
        guard let authorization,
            let space = authorization.firstIndex(of: " "),
            authorization[..<space].lowercased() == "basic"
        else { return authorization }
        let text = authorization[space...].drop { $0 == " " }
        var decoded = ByteBuffer(capacity: text.utf8.count)
        guard String(text).withBytes({ decoded.append(decodingBase64: $0) }) else { return nil }
        let pair = decoded.bytes.text
        guard let colon = pair.firstIndex(of: ":") else { return nil }
        return "Bearer " + pair[pair.index(after: colon)...]
    }
}
