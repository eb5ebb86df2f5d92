/// The examples of Amplitude's page "Dashboard REST API", in its order.
extension PageExample {
    static let ofThePage = savedCharts + charts + people

    /// Three times the same chart, by its id.
    private static let savedCharts = [
        PageExample(
            name: "a saved chart",
            form: .http,
            text: """
                GET /api/3/chart/:chart_id/query HTTP/1.1
                Host: amplitude.com
                Authorization: Basic {{api-key}}:{{secret-key}} #credentials must be base64 encoded
                """,
            fields: ofSavedCharts,
            values: inSavedCharts
        ),
        PageExample(
            name: "a saved chart, by curl",
            form: .curl,
            text: #"""
                curl --location --request GET 'https://amplitude.com/api/3/chart/:chart_id/query' \
                --header 'Authorization: Basic = {{api-key}}:{{secret-key}}' #credentials must be base64 encoded
                """#,
            fields: ofSavedCharts,
            values: inSavedCharts
        ),
        PageExample(
            name: "a saved chart, by Python",
            form: .python,
            text: """
                import requests

                url = "https://amplitude.com/api/3/chart/:chart_id/query"

                payload={}
                headers = {
                  'Authorization': 'Basic {{api-key}}:{{secret-key}}' #credentials must be base64 encoded
                }

                response = requests.request("GET", url, headers=headers, data=payload)

                print(response.text)
                """,
            fields: ofSavedCharts,
            values: inSavedCharts
        ),
    ]

    private static let ofSavedCharts = "data.xValues.30 text, data.series.0.30 number"
    private static let inSavedCharts: [String: PageJSON] = [
        "data.xValues.1": .text("2025-01-02"), "data.series.0.1": .number(1), "data.series.0.19": .number(1),
    ]

    private static let charts = [
        PageExample(
            name: "active and new users",
            form: .http,
            text: """
                GET /api/2/users?start=20210101&end=20210901&m=active&i=30&g=city HTTP/1.1
                Host: amplitude.com
                Authorization: Basic {{api-key}}:{{secret-key}}
                """,
            fields: "data.series.0.0 number, data.seriesMeta list, data.xValues.0 text",
            values: [
                "data.xValues.0": .text("2021-01-01"), "data.xValues.7": .text("2021-08-01"),
                "data.series.0.7": .number(1),
                "data.seriesLabels": .list(["Berlin", "Paris", "San Francisco"].map(PageJSON.text)),
            ]
        ),
        PageExample(
            name: "session lengths",
            form: .http,
            text: """
                GET /api/2/sessions/length?start=20210426&end=20210905&timeHistogramConfigBinTimeUnit=minutes&timeHistogramConfigBinMin=0&timeHistogramConfigBinMax=10 HTTP/1.1
                Host: amplitude.com
                """,
            deviations: [
                Deviation(
                    from: "Host: amplitude.com",
                    to: "Host: amplitude.com\nAuthorization: Basic {{api-key}}:{{secret-key}}",
                    why: "The page has left out the keys, of which it says that every request needs them."
                )
            ],
            statusAsWritten: 401,
            fields: "data.series.0.0 number, data.xValues.0 text",
            values: ["data.xValues.1": .text("60s-120s"), "data.series.0.1": .number(1), "data.series.0.9": .number(0)]
        ),
        PageExample(
            name: "average session length",
            form: .http,
            text: """
                GET /api/2/sessions/average?start=20210601&end=20210630 HTTP/1.1
                Host: amplitude.com
                Authorization: Basic {{api-key}}:{{secret-key}}
                """,
            fields: "data.series.0.0 number, data.seriesMeta.0.segmentIndex number, data.xValues.0 text",
            values: ["data.series.0.9": .number(1204), "data.series.0.10": .number(0)]
        ),
        PageExample(
            name: "sessions per user",
            form: .http,
            text: """
                GET /api/2/sessions/average?start=20210601&end=20210630
                Host: amplitude.com
                Authorization: Basic {{api-key}}:{{secret-key}}
                """,
            deviations: [
                Deviation(
                    from: "sessions/average",
                    to: "sessions/peruser",
                    why:
                        "The page shows the request of the section before; the path of this one stands above the example."
                ),
                Deviation(
                    from: "end=20210630",
                    to: "end=20210630 HTTP/1.1",
                    why: "Without its version the line is no request of HTTP/1.1, as all others of the page are."
                ),
            ],
            fields: "data.series.0.0 number, data.seriesMeta.0.segmentIndex number, data.xValues.0 text",
            values: ["data.series.0.9": .number(1), "data.series.0.8": .number(0)]
        ),
        PageExample(
            name: "user composition",
            form: .http,
            text: """
                GET /api/2/composition?start=20210601&end=20210630&p=platform HTTP/1.1
                Host: amplitude.com
                Authorization: Basic {{api-key}}:{{secret-key}} # credentials must be base64 encoded
                """,
            fields: "data.series.0.0 number, data.seriesLabels.0 text, data.xValues.0 text",
            values: [
                "data": .object([
                    "series": .list([.list([.number(1)])]), "seriesLabels": .list([.text("platform")]),
                    "xValues": .list([.text("iOS")]),
                ])
            ]
        ),
        PageExample(
            name: "list of events",
            form: .http,
            text: """
                GET /api/2/events/list HTTP/1.1
                Host: amplitude.com
                Authorization: Basic {{api-key}}:{{secret-key}}
                """,
            fields: """
                data.0.non_active bool, data.0.value text, data.0.totals number, data.0.deleted bool,
                data.0.flow_hidden bool, data.0.hidden bool, data.0.display text
                """.replacing("\n", with: " "),
            values: ["data.0.value": .text("Play"), "data.0.display": .text("Play")]
        ),
        PageExample(
            name: "segmentation",
            form: .http,
            text: """
                GET /api/2/events/segmentation?e={"event_type":"_active"}&start=20210801&end=20210831&n=any HTTP/1.1
                Host: amplitude.com
                Authorization: Basic {{api-key}}:{{secret-key}}
                """,
            fields: """
                data.series.0.0 number, data.seriesLabels list, data.seriesCollapsed.0.0.value number,
                data.xValues.0 text
                """.replacing("\n", with: " "),
            values: [
                "data.xValues.0": .text("2021-08-01"), "data.series.0.1": .number(2), "data.series.0.9": .number(1),
                "data.seriesCollapsed.0.0.value": .number(3),
            ]
        ),
        PageExample(
            name: "funnel",
            form: .http,
            text: """
                GET /api/2/funnels?e={"event_type":"Select%20Song%20or%20Video"}&e={"event_type":"Search%20Song%20or%20Video"}&e={"event_type":"Share%20Song%20or%20Video"}&start=20210801&end=20210926&mode=unordered&cs=3&limit=100 HTTP/1.1
                Host: amplitude.com
                Authorization: Basic {{api-key}}:{{secret-key}}
                """,
            fields: """
                data.0.meta.segmentIndex number, data.0.stepTransTimeDistribution object,
                data.0.stepPrevStepCountDistribution object, data.0.dayMedianTransTimes.series.0.0 number,
                data.0.dayMedianTransTimes.xValues.0 text, data.0.dayMedianTransTimes.formattedXValues.0 text,
                data.0.dayAvgTransTimes.series.0.0 number, data.0.stepByStep.0 number, data.0.medianTransTimes.0 number,
                data.0.cumulative.0 number, data.0.cumulativeRaw.0 number, data.0.avgTransTimes.0 number,
                data.0.dayFunnels.series.0.0 number, data.0.dayFunnels.xValues.0 text,
                data.0.dayFunnels.formattedXValues.0 text
                """.replacing("\n", with: " "),
            values: [
                "data.0.cumulativeRaw": .list([.number(3), .number(2), .number(2)]),
                "data.0.events": .list(
                    ["Select Song or Video", "Search Song or Video", "Share Song or Video"].map(PageJSON.text)
                ),
                "data.0.dayFunnels.series.1": .list([.number(2), .number(2), .number(2)]),
            ]
        ),
        PageExample(
            name: "retention",
            form: .http,
            text: """
                GET /api/2/retention?se={"event_type":"_active"}&re={"event_type":"watch_tutorial"}&start=20210801&end=20210831&s=[{"prop":"country","op": "is not","values": ["Netherlands", "United States"]}]&g=device_id HTTP/1.1
                Host: amplitude.com
                Authorization: Basic {{api-key}}:{{secret-key}} #credentials must be base64 encoded
                """,
            deviations: [
                Deviation(
                    from: #""op": "is not","values": ["Netherlands", "United States"]"#,
                    to: #""op":%20"is%20not","values":%20["Netherlands",%20"United%20States"]"#,
                    why: "A blank ends the path of a request: the page says that special characters are to be encoded."
                )
            ],
            statusAsWritten: 400,
            fields: """
                data.series.0.dates.0 text, data.series.0.values.*.0.count number, data.series.0.values.*.0.outof number,
                data.series.0.values.*.0.incomplete bool, data.series.0.combined.0.count number,
                data.series.0.combined.0.outof number, data.series.0.combined.0.incomplete bool,
                data.seriesMeta.0.segmentIndex number, data.seriesMeta.0.eventIndex number
                """.replacing("\n", with: " "),
            values: [
                "data.seriesLabels": .list(["phone-one", "phone-three"].map(PageJSON.text)),
                "data.series.0.values.Aug 02, 2021.0.count": .number(1),
                "data.series.0.values.Aug 02, 2021.2.count": .number(1),
                "data.series.1.combined.0.count": .number(1), "data.series.1.combined.2.count": .number(0),
            ]
        ),
        PageExample(
            name: "real-time active users",
            form: .http,
            text: """
                GET /api/2/realtime?i=5 HTTP/1.1
                Host: amplitude.com
                Authorization: Basic {{api-key}}:{{secret-key}}
                """,
            fields: "data.xValues.0 text, data.series.0.0 number, data.series.1.0 number",
            values: ["data.seriesLabels": .list([.text("Today"), .text("Yesterday")])]
        ),
        PageExample(
            name: "lifetime value",
            form: .http,
            text: """
                GET /api/2/revenue/ltv?start=20211201&end=20220301&i=30 HTTP/1.1
                Host: amplitude.com
                Authorization: Basic {{api-key}}:{{secret-key}}
                """,
            fields: """
                data.seriesLabels list, data.series.0.dates.0 text, data.series.0.values.*.r1d number,
                data.series.0.values.*.r90d number, data.series.0.values.*.count number,
                data.series.0.values.*.paid number, data.series.0.values.*.total_amount number
                """.replacing("\n", with: " "),
            values: [
                "data.series.0.values.Dec 2021.count": .number(1), "data.series.0.values.Dec 2021.r1d": .number(9.99),
                "data.series.0.values.Feb 2022.count": .number(2), "data.series.0.values.Feb 2022.paid": .number(0),
            ]
        ),
    ]
}
