extension Ruleset {
    /// The rules of layers 3 and 4 in ``shippedJSON``: members of its object.
    ///
    /// Their weights were set on simulated people and attackers: `portillon-robots-judge`.
    static var shippedBehaviourJSON: String {
        #"""
        "rhythm": [
            {"rule": "rhythm-pace", "weight": 2.8,
             "says": "Its entries come at intervals that are more regular than people's."},
            {"rule": "rhythm-cohort", "weight": 1.5,
             "says": "Entries with the same headers come at intervals too regular for people."},
            {"rule": "rhythm-hurry", "weight": 2.5,
             "says": "One connection enters different participants faster than a person types."}
          ],
          "cohort": [
            {"rule": "cohort-template", "weight": 2.8,
             "says": "Many participants differ only in a number, a tag or dots."},
            {"rule": "cohort-sequence", "weight": 1.8,
             "says": "The numbers in such participants count up or down."},
            {"rule": "cohort-names", "weight": 1.6,
             "says": "Names of participants with these headers repeat as those from a list do."},
            {"rule": "cohort-pattern", "weight": 0.7, "least": -0.45,
             "says": "Participants with these headers are written alike more often than others."},
            {"rule": "cohort-letters", "weight": 1.2, "least": -0.23,
             "says": "Participants with these headers look like letters drawn at random."},
            {"rule": "cohort-domain", "weight": 0.7, "least": -0.45,
             "says": "Participants with these headers have this mail domain more often."},
            {"rule": "cohort-fields", "weight": 0.77, "least": -0.45,
             "says": "Entries with these headers have the same answers more often than others."},
            {"rule": "cohort-form-time", "weight": 0.6, "least": -0.45,
             "says": "Entries with these headers take so long, or read no page, more often."},
            {"rule": "cohort-head", "weight": 1.1,
             "says": "Nearly all entries have the same headers, and come from everywhere."},
            {"rule": "cohort-burst", "weight": 2.05,
             "says": "Entries with these headers are suddenly many more, from many networks."},
            {"rule": "cohort-network", "weight": 1.6,
             "says": "Entries with these headers come from many addresses of one network."},
            {"rule": "cohort-tails", "weight": 0.6,
             "says": "Entries with these headers are never sent twice, as people's are."}
          ]
        """#
    }
}
