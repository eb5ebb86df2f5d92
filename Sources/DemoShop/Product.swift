/// Something that the shop sells.
struct Product: Sendable {
    /// Such as `P-007`.
    let id: String
    let category: String
    let cents: Int
    /// The members `product_id`, `product`, `category` and `price` of an event's properties, written once.
    let propertiesJSON: [UInt8]
    /// An array of strings; a product without tags has none.
    let tagsJSON: [UInt8]?
    /// Stars times ten; a new product has none.
    let rating: Int?

    private init(
        number: Int,
        _ name: String,
        _ category: String,
        cents: Int,
        tags: [String] = [],
        rating: Int? = nil
    ) {
        id = number < 10 ? "P-00\(number)" : "P-0\(number)"
        self.category = category
        self.cents = cents
        self.rating = rating

        var properties = JSONBuffer()
        properties.append("{")
        properties.append(key: "product_id", quoting: id)
        properties.append(key: "product", quoting: name)
        properties.append(key: "category", quoting: category)
        properties.append(key: "price", cents: cents)
        propertiesJSON = Array(properties.bytes.dropFirst())

        tagsJSON = tags.isEmpty ? nil : Self.json(of: tags)
    }

    private static func json(of tags: [String]) -> [UInt8] {
        var array = JSONBuffer()
        for (index, tag) in tags.enumerated() {
            array.append(index == 0 ? "[" : ",")
            array.append(quoting: tag)
        }
        array.append("]")
        return array.bytes
    }

    /// The most popular first: `popularIndex(using:)` prefers the beginning.
    static let all = [
        Product(number: 1, "Café Mug", "Kitchen", cents: 12_90, tags: ["bestseller", "gift"], rating: 47),
        Product(number: 2, "Trail Shoes", "Shoes", cents: 89_00, tags: ["outdoor", "new"], rating: 44),
        Product(number: 3, "Linen Shirt", "Clothing", cents: 39_90, tags: ["eco"], rating: 41),
        Product(number: 4, "Monitor 27\"", "Electronics", cents: 229_00, tags: ["office"], rating: 45),
        Product(number: 5, "Notebook A5", "Stationery", cents: 6_50, tags: ["eco", "office", "gift"], rating: 46),
        Product(number: 6, "Rain Jacket", "Clothing", cents: 119_00, tags: ["outdoor"], rating: 43),
        Product(number: 7, "Espresso Beans 1 kg", "Groceries", cents: 18_90, tags: ["bestseller", "fair trade"]),
        Product(number: 8, "Wireless Headphones", "Electronics", cents: 149_00, tags: ["bestseller"], rating: 42),
        Product(number: 9, "Yoga Mat", "Sports", cents: 29_00, rating: 40),
        Product(number: 10, "Desk Lamp \"Lumi\"", "Home", cents: 54_90, tags: ["office", "new"], rating: 44),
        Product(number: 11, "Sneakers", "Shoes", cents: 74_50, tags: ["sale"], rating: 39),
        Product(number: 12, "Matcha 抹茶", "Groceries", cents: 21_00, tags: ["new", "tea"], rating: 48),
        Product(number: 13, "Chef's Knife", "Kitchen", cents: 64_00, tags: ["gift"], rating: 49),
        Product(number: 14, "Wool Socks", "Clothing", cents: 11_90, tags: ["sale", "eco"], rating: 45),
        Product(number: 15, "Backpack 25 l", "Sports", cents: 79_00, tags: ["outdoor", "bestseller"], rating: 46),
        Product(number: 16, "Candle Fjällräv", "Home", cents: 17_50, rating: 38),
        Product(number: 17, "Fountain Pen", "Stationery", cents: 34_00, tags: ["gift"], rating: 47),
        Product(number: 18, "Phone Case", "Electronics", cents: 19_90, tags: ["sale"], rating: 35),
        Product(number: 19, "Running Shorts", "Sports", cents: 27_90, tags: ["new"]),
        Product(number: 20, "Cast-Iron Pan", "Kitchen", cents: 49_00, tags: ["bestseller"], rating: 48),
        Product(number: 21, "Sandals", "Shoes", cents: 44_90, tags: ["sale", "outdoor"], rating: 37),
        Product(number: 22, "Olive Oil 0.5 l", "Groceries", cents: 13_50, tags: ["eco", "fair trade"], rating: 46),
        Product(number: 23, "Wall Clock", "Home", cents: 32_00, rating: 41),
        Product(number: 24, "Gift Card", "Gifts", cents: 25_00, tags: ["gift"]),
    ]

    /// The index of a product.
    ///
    /// Half of the draws fall into the first quarter of the list.
    static func popularIndex(using random: inout SplitMix64) -> Int {
        let skew = random.fraction()
        return Int(skew * skew * Double(all.count))
    }
}
