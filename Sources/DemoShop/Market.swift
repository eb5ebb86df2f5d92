/// A place that shoppers come from.
struct Market: Sendable {
    let country: String
    let region: String
    let city: String
    /// BCP 47, as an SDK sends it.
    let language: String
    let utcOffsetMinutes: Int
    /// Share of the shoppers, out of the sum over `all`.
    let weight: Int

    private init(
        _ country: String,
        _ region: String,
        _ city: String,
        _ language: String,
        utcOffsetMinutes: Int,
        weight: Int
    ) {
        self.country = country
        self.region = region
        self.city = city
        self.language = language
        self.utcOffsetMinutes = utcOffsetMinutes
        self.weight = weight
    }

    static let weights = all.map(\.weight)

    static let all = [
        Market("Germany", "North Rhine-Westphalia", "Köln", "de-DE", utcOffsetMinutes: 60, weight: 90),
        Market("Germany", "Bavaria", "München", "de-DE", utcOffsetMinutes: 60, weight: 70),
        Market("Germany", "Berlin", "Berlin", "de-DE", utcOffsetMinutes: 60, weight: 60),
        Market("United States", "California", "San Francisco", "en-US", utcOffsetMinutes: -480, weight: 90),
        Market("United States", "New York", "New York", "en-US", utcOffsetMinutes: -300, weight: 80),
        Market("United States", "Texas", "Austin", "en-US", utcOffsetMinutes: -360, weight: 40),
        Market("United Kingdom", "England", "London", "en-GB", utcOffsetMinutes: 0, weight: 80),
        Market("France", "Île-de-France", "Paris", "fr-FR", utcOffsetMinutes: 60, weight: 60),
        Market("Japan", "Tokyo", "東京", "ja-JP", utcOffsetMinutes: 540, weight: 50),
        Market("Netherlands", "North Holland", "Amsterdam", "nl-NL", utcOffsetMinutes: 60, weight: 35),
        Market("Spain", "Madrid", "Madrid", "es-ES", utcOffsetMinutes: 60, weight: 30),
        Market("Italy", "Lombardy", "Milano", "it-IT", utcOffsetMinutes: 60, weight: 30),
        Market("Austria", "Vienna", "Wien", "de-AT", utcOffsetMinutes: 60, weight: 25),
        Market("Switzerland", "Zurich", "Zürich", "de-CH", utcOffsetMinutes: 60, weight: 25),
        Market("Poland", "Łódź", "Łódź", "pl-PL", utcOffsetMinutes: 60, weight: 20),
        Market("Sweden", "Skåne", "Malmö", "sv-SE", utcOffsetMinutes: 60, weight: 20),
        Market("Denmark", "Capital Region", "København", "da-DK", utcOffsetMinutes: 60, weight: 15),
        Market("Brazil", "São Paulo", "São Paulo", "pt-BR", utcOffsetMinutes: -180, weight: 40),
        Market("Canada", "Quebec", "Montréal", "fr-CA", utcOffsetMinutes: -300, weight: 20),
        Market("Canada", "Ontario", "Toronto", "en-CA", utcOffsetMinutes: -300, weight: 20),
        Market("Mexico", "Mexico City", "Ciudad de México", "es-MX", utcOffsetMinutes: -360, weight: 20),
        Market("India", "Karnataka", "Bengaluru", "en-IN", utcOffsetMinutes: 330, weight: 45),
        Market("Australia", "Victoria", "Melbourne", "en-AU", utcOffsetMinutes: 600, weight: 25),
        Market("South Korea", "Seoul", "서울", "ko-KR", utcOffsetMinutes: 540, weight: 20),
        Market("Turkey", "Istanbul", "İstanbul", "tr-TR", utcOffsetMinutes: 180, weight: 20),
        Market("Portugal", "Lisbon", "Lisboa", "pt-PT", utcOffsetMinutes: 0, weight: 10),
        Market("Czechia", "Prague", "Praha", "cs-CZ", utcOffsetMinutes: 60, weight: 10),
        Market("Norway", "Oslo", "Oslo", "nb-NO", utcOffsetMinutes: 60, weight: 10),
        Market("Finland", "Uusimaa", "Helsinki", "fi-FI", utcOffsetMinutes: 120, weight: 10),
        Market("Ireland", "Leinster", "Dublin", "en-IE", utcOffsetMinutes: 0, weight: 10),
        Market("Greece", "Attica", "Αθήνα", "el-GR", utcOffsetMinutes: 120, weight: 8),
        Market("South Africa", "Western Cape", "Cape Town", "en-ZA", utcOffsetMinutes: 120, weight: 8),
        Market("Singapore", "Singapore", "Singapore", "en-SG", utcOffsetMinutes: 480, weight: 8),
    ]
}
