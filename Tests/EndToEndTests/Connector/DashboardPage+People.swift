extension PageExample {
    /// About single people.
    static let people = activity + search

    private static let userData = """
        userData.user_id text, userData.canonical_amplitude_id number, userData.merged_amplitude_ids list,
        userData.num_events number, userData.num_sessions number, userData.usage_time number, userData.first_used text,
        userData.last_used text, userData.purchases number, userData.revenue number, userData.platform text,
        userData.os text, userData.version text, userData.device text, userData.device_type text, userData.carrier text,
        userData.country text, userData.region text, userData.city text, userData.dma text, userData.language text,
        userData.start_version text, userData.device_ids list, userData.last_location.lat number,
        userData.last_location.lng number, userData.properties object, events.0.event_type text
        """.replacing("\n", with: " ")

    private static let backslash = Deviation(
        from: "'\n--header",
        to: "' \\\n--header",
        why:
            "The page has left out the backslash that its other commands have: a shell takes the rest for another command."
    )

    private static let activity = [
        PageExample(
            name: "user activity",
            form: .http,
            text: """
                GET /api/2/useractivity?user=247246881751 HTTP/1.1
                Host: amplitude.com
                Authorization: Basic {{api-key}}:{{secret-key}} #credentials must be base64 encoded
                """,
            ids: ["247246881751": PageProject.user],
            fields: userData,
            // The page's answer, but for ids and the names of devices.
            values: [
                "userData.user_id": .text("myusername"), "userData.num_events": .number(142),
                "userData.num_sessions": .number(23), "userData.usage_time": .number(2_570_259),
                "userData.first_used": .text("2015-03-14"), "userData.last_used": .text("2015-04-22"),
                "userData.purchases": .number(2), "userData.revenue": .number(9.98), "userData.platform": .text("iOS"),
                "userData.os": .text("ios 8.2"), "userData.version": .text("3.4.9"),
                "userData.carrier": .text("AT&T"), "userData.country": .text("United States"),
                "userData.region": .text("California"), "userData.city": .text("San Francisco"),
                "userData.dma": .text("San Francisco-Oakland-San Jose, CA"), "userData.language": .text("English"),
                "userData.start_version": .text("1.2.3"),
                "userData.device_ids": .list([.text("somedevice"), .text("someotherdevice")]),
                "userData.last_location": .object(["lat": .number(37.133), "lng": .number(-122.241)]),
                "userData.properties": .object(["gender": .text("female")]),
            ]
        ),
        PageExample(
            name: "somebody's events, by curl",
            form: .curl,
            text: """
                curl --location --request GET 'https://amplitude.com/api/2/useractivity?user=123'
                --header 'Authorization: Basic MTIzNDU2NzgwOTA3MDYwNjoxMjM0NTY3ODkwMTAxMTExMQ=='
                """,
            ids: ["123": PageProject.user],
            deviations: [backslash],
            statusAsWritten: 401,
            fields: userData + ", events.141.event_type text"
        ),
        PageExample(
            name: "somebody's events",
            form: .http,
            text: """
                GET /api/2/useractivity?user=123 HTTP/1.1
                Host: amplitude.com
                Authorization: Basic MTIzNDU2NzgwOTA3MDYwNjoxMjM0NTY3ODkwMTAxMTExMQ==
                """,
            ids: ["123": PageProject.user],
            fields: userData + ", events.141.event_type text"
        ),
        PageExample(
            name: "from the 50th event, by curl",
            form: .curl,
            text: #"""
                curl --location --request GET 'https://amplitude.com/api/2/useractivity?user=123&offset=49&limit=100' \
                --header 'Authorization: Basic MTIzNDU2NzgwOTA3MDYwNjoxMjM0NTY3ODkwMTAxMTExMQ=='
                """#,
            ids: ["123": PageProject.user],
            // All that are left from the 50th of 142.
            fields: userData + ", events.92.event_type text, events.93 nothing"
        ),
        PageExample(
            name: "from the 50th event",
            form: .http,
            text: """
                GET /api/2/useractivity?user=123&offset=49&limit=100 HTTP/1.1
                Host: amplitude.com
                Authorization: Basic MTIzNDU2NzgwOTA3MDYwNjoxMjM0NTY3ODkwMTAxMTExMQ==
                """,
            ids: ["123": PageProject.user],
            fields: userData + ", events.92.event_type text, events.93 nothing"
        ),
        // The page asks for one and says that there are two: so it is where the last session has two.
        PageExample(
            name: "the two latest events, by curl",
            form: .curl,
            text: #"""
                curl --location --request GET 'https://amplitude.com/api/2/useractivity?user=123&limit=1' \
                --header 'Authorization: Basic MTIzNDU2NzgwOTA3MDYwNjoxMjM0NTY3ODkwMTAxMTExMQ=='
                """#,
            ids: ["123": PageProject.user],
            fields: userData + ", events.1.event_type text, events.2 nothing"
        ),
        PageExample(
            name: "the two latest events",
            form: .http,
            text: """
                GET /api/2/useractivity?user=123&limit=1 HTTP/1.1
                Host: amplitude.com
                Authorization: Basic MTIzNDU2NzgwOTA3MDYwNjoxMjM0NTY3ODkwMTAxMTExMQ==
                """,
            ids: ["123": PageProject.user],
            fields: userData + ", events.1.event_type text, events.2 nothing"
        ),
    ]

    private static let search = [
        PageExample(
            name: "search, by curl",
            form: .curl,
            text: #"""
                curl --location --request GET 'https://amplitude.com/api/2/usersearch?user=123' \
                --header 'Authorization: Basic ={{api-key}}:{{secret-key}}' #credentials must be base64 encoded
                """#,
            ids: ["123": PageProject.user],
            fields: "matches.0.user_id text, matches.0.amplitude_id number",
            values: ["type": .text("match_amplitude_id"), "matches.0.user_id": .text("myusername")]
        ),
        PageExample(
            name: "search",
            form: .http,
            text: """
                GET /api/2/usersearch?user=user_id HTTP/1.1
                Host: amplitude.com
                Authorization: Basic {{api-key}}:{{secret-key}} #credentials must be base64 encoded
                """,
            ids: ["user_id": PageProject.user],
            fields: "matches.0.user_id text, matches.0.amplitude_id number",
            values: ["type": .text("match_amplitude_id"), "matches.0.user_id": .text("myusername")]
        ),
        PageExample(
            name: "search by device ID, by curl",
            form: .curl,
            text: """
                curl --location --request GET 'https://amplitude.com/api/2/usersearch?user=0786zXEdyOX1rS3M-P_m1d'
                --header 'Authorization: Basic MTIzNDU2NzgwOTA3MDYwNjoxMjM0NTY3ODkwMTAxMTExMQ=='
                """,
            deviations: [backslash],
            statusAsWritten: 401,
            fields: "matches.0.amplitude_id number",
            values: foundByDevice
        ),
        PageExample(
            name: "search by device ID",
            form: .http,
            text: """
                GET /api/2/usersearch?user=0786zXEdyOX1rS3M-P_m1d HTTP/1.1
                Host: amplitude.com
                Authorization: Basic {{api-key}}:{{secret-key}} #credentials must be base64 encoded
                """,
            fields: "matches.0.amplitude_id number",
            values: foundByDevice
        ),
        PageExample(
            name: "search by device ID, by Python",
            form: .python,
            text: """
                import requests

                url = "https://amplitude.com/api/2/usersearch?user=0786zXEdyOX1rS3M-P_m1d"

                payload={}
                headers = {
                  'Authorization': 'Basic {{api-key}}:{{secret-key}}' #credentials must be base64 encoded
                }

                response = requests.request("GET", url, headers=headers, data=payload)

                print(response.text)
                """,
            fields: "matches.0.amplitude_id number",
            values: foundByDevice
        ),
        PageExample(
            name: "search by Amplitude ID, by curl",
            form: .curl,
            text: """
                curl --location --request GET 'https://amplitude.com/api/2/usersearch?user=356893043036'
                --header 'Authorization: Basic MTIzNDU2NzgwOTA3MDYwNjoxMjM0NTY3ODkwMTAxMTExMQ=='
                """,
            ids: ["356893043036": PageProject.otherDevice],
            deviations: [backslash],
            statusAsWritten: 401,
            fields: "matches.0.amplitude_id number",
            values: foundByNumber
        ),
        PageExample(
            name: "search by Amplitude ID",
            form: .http,
            text: """
                GET /api/2/usersearch?user=356893043036 HTTP/1.1
                Host: amplitude.com
                Authorization: Basic MTIzNDU2NzgwOTA3MDYwNjoxMjM0NTY3ODkwMTAxMTExMQ==
                """,
            ids: ["356893043036": PageProject.otherDevice],
            fields: "matches.0.amplitude_id number",
            values: foundByNumber
        ),
    ]

    /// The page's answers, but for the Amplitude IDs.
    private static let foundByDevice: [String: PageJSON] = [
        "type": .text("match_user_or_device_id"), "matches.0.user_id": .null,
        "matches.0.last_device_id": .text(PageProject.device), "matches.0.platform": .text("Web"),
        "matches.0.country": .text("United States"), "matches.0.last_seen": .text("2022-02-01"),
    ]
    private static let foundByNumber = foundByDevice.merging([
        "type": .text("match_amplitude_id"), "matches.0.last_device_id": .text(PageProject.otherDevice),
    ]) { $1 }
}
