extension Ruleset {
    /// TLS handshakes of tools, as `loadtests/tool-handshakes --rules` has found them.
    static var shippedHandshakesJSON: String {
        #"""
        "handshakes": {
            "Go": [
              "t13d190900_9dc949149365_97f8aa674fd9",
              "t13d1910h2_9dc949149365_97f8aa674fd9"
            ],
            "Java": "t13d3713h2_db35923f8641_7c76daad20ec",
            "Node": "t13d5911h1_a33745022dd6_1f22a2ca17c4",
            "Python": [
              "t13d1812h1_85036bcba153_b26ce05bbdd6",
              "t13d1812h1_85036bcba153_d41ae481755e",
              "t13d1813h1_85036bcba153_d339722ba4af"
            ],
            "ab": "t13d311100_e8f1e7e78f70_d41ae481755e",
            "curl": "t13d3112h2_e8f1e7e78f70_b26ce05bbdd6",
            "curl_cffi": "t13d2712h2_b4f9224df7c1_cbb9361b6bf9",
            "h2load": "t13d1313h1_df115388da38_03aaa766dde5",
            "siege": "t13d311000_e8f1e7e78f70_1f22a2ca17c4",
            "wget": "t13d291300_723694b0fccc_899037bd0b8c"
          },
        """#
    }
}
