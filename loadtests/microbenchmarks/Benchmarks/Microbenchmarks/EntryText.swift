import Bytes

/// An entry as a front end sends it: the request of `loadtests/peers/entry.lua`.
enum EntryText {
    static let participant = "20251120-0-000000042"
    static let fields = #"{"email":"p000000042@example.fr","answer":"B"}"#
    static let body = #"{"participant":"\#(participant)","fields":\#(fields)}"#

    /// A body of a long form: forty answers, with escapes and letters beyond ASCII.
    static let longBody: String = {
        let answers = (1...40).map {
            #""question_\#($0)":"Réponse n° \#($0)\nà la \"grande\" question""#
        }
        return #"{"participant":"\#(participant)","source":"été-2026","age_confirmed":true,"#
            + #""consents":["rules","newsletter"],"fields":{\#(answers.joined(separator: ","))}}"#
    }()

    /// The load's request: seven fields.
    static let request = text(of: fewFields)
    /// The same from a browser behind two proxies: forty fields, two kilobytes.
    static let longRequest = text(of: fewFields + manyFields)

    private static let fewFields = [
        "Host: 127.0.0.1:8080",
        "Content-Type: application/json",
        "Authorization: Bearer pk_3Jx8QmV5tYw2Zr7NcB4kHdLfSg6PaUeT",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
            + "Chrome/138.0.0.0 Safari/537.36",
        "Accept-Language: fr-FR,fr;q=0.9,en;q=0.8",
        "Accept-Encoding: gzip, deflate, br",
        "Content-Length: \(body.utf8.count)",
    ]

    private static let manyFields = [
        "Accept: application/json, text/plain, */*",
        "Cache-Control: no-cache",
        "Connection: keep-alive",
        "Cookie: session=4f2b8c1d9e7a6053; consent=v2.1~analytics~ads; ab=blue; lang=fr",
        "DNT: 1",
        "Idempotency-Key: 3f0c6a52-8f1e-4b57-9d1a-5f5b0c3e7a10",
        "Origin: https://jeu.example.fr",
        "Pragma: no-cache",
        "Priority: u=1, i",
        "Referer: https://jeu.example.fr/ete-2026/participer?utm_source=affiche&utm_medium=qr",
        "Sec-CH-UA: \"Not)A;Brand\";v=\"8\", \"Chromium\";v=\"138\", \"Google Chrome\";v=\"138\"",
        "Sec-CH-UA-Arch: \"x86\"",
        "Sec-CH-UA-Bitness: \"64\"",
        "Sec-CH-UA-Mobile: ?0",
        "Sec-CH-UA-Platform: \"Linux\"",
        "Sec-Fetch-Dest: empty",
        "Sec-Fetch-Mode: cors",
        "Sec-Fetch-Site: same-site",
        "Sec-GPC: 1",
        "Traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "Tracestate: edge=t61rcWkgMzE,shop=00f067aa0ba902b7",
        "Via: 1.1 edge-17.example.net, 1.1 balancer-2",
        "X-Client-Version: 4.18.2",
        "X-Device-Id: 8b1a9953c4611296a827abf8c47804d7",
        "X-Edge-Country: FR",
        "X-Edge-Pop: CDG50-P2",
        "X-Forwarded-For: 203.0.113.77, 198.51.100.12",
        "X-Forwarded-Host: jeu.example.fr",
        "X-Forwarded-Port: 443",
        "X-Forwarded-Proto: https",
        "X-Real-IP: 203.0.113.77",
        "X-Request-Id: 0f5e2f6a9c7d4d2e8b3a1c4d5e6f7081",
        "X-Requested-With: XMLHttpRequest",
    ]

    private static func text(of fields: [String]) -> String {
        (["POST /v1/operations/bench/entries HTTP/1.1"] + fields + ["", body])
            .joined(separator: "\r\n")
    }
}

extension ByteBuffer {
    /// The text's bytes, in a buffer of their own.
    static func of(_ text: String) -> ByteBuffer {
        var buffer = ByteBuffer(capacity: text.utf8.count)
        buffer.append(text)
        return buffer
    }
}
