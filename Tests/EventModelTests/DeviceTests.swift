import Testing

@testable import EventModel

@Suite("device family and type") struct DeviceTests {
    @Test(
        "from the model and its maker",
        arguments: [
            // What Amplitude's own documents and exports show.
            ("iPhone13,2", nil, "Apple iPhone", "Apple iPhone 12"),
            ("iPhone7,2", nil, "Apple iPhone", "Apple iPhone 6"),
            ("iPhone", nil, "Apple iPhone", "Apple iPhone"),
            ("Mac", nil, "Mac OS X", "Mac"),
            ("Windows", nil, "Windows", "Windows"),
            ("Android", nil, "Android", "Android"),
            // Apple's others, and those that are not in the list.
            ("iPhone14,5", "Apple", "Apple iPhone", "Apple iPhone 13"),
            ("iPhone99,1", "Apple", "Apple iPhone", "Apple iPhone99,1"),
            ("iPhone 16", "Apple", "Apple iPhone", "Apple iPhone 16"),
            ("Apple iPhone 6", nil, "Apple iPhone", "Apple iPhone 6"),
            ("iPad16,6", nil, "Apple iPad", "Apple iPad Pro 13-inch (M4)"),
            ("iPod9,1", nil, "Apple iPod Touch", "Apple iPod touch (7th generation)"),
            ("Watch4,2", nil, "Apple Watch", "Apple Watch Series 4"),
            ("AppleTV6,2", nil, "Apple TV", "Apple TV 4K"),
            ("RealityDevice14,1", nil, "Apple Vision", "Apple Vision Pro"),
            ("MacBookPro18,3", nil, "Mac OS X", "Apple MacBookPro18,3"),
            ("Macintosh", "Apple", "Mac OS X", "Mac"),
            ("iPhones for all", nil, "iPhones for all", "iPhones for all"),
            ("Watch 5 Pro", "HUAWEI", "Huawei", "Huawei Watch 5 Pro"), ("TV 42", nil, "TV 42", "TV 42"),
            ("iMac21,1", nil, "Mac OS X", "Apple iMac21,1"),
            ("Apple Watch Ultra 2", nil, "Apple Watch", "Apple Watch Ultra 2"),
            ("Machine 1", nil, "Machine 1", "Machine 1"),
            ("Mac,", nil, "Mac,", "Mac,"), ("Mac1,", nil, "Mac1,", "Mac1,"),
            // Android: the maker in its usual spelling, once.
            ("SM-S908B", "samsung", "Samsung", "Samsung SM-S908B"),
            ("SM-X710", "samsung", "Samsung Galaxy Tablet", "Samsung SM-X710"),
            ("SM-T870", nil, "SM-T870", "SM-T870"),
            ("Pixel 8 Pro", "Google", "Google", "Google Pixel 8 Pro"),
            ("HUAWEI P30", "HUAWEI", "Huawei", "HUAWEI P30"),
            ("LM-G710", "LGE", "LG", "LG LM-G710"),
            ("CPH2653", "OPPO", "OPPO", "OPPO CPH2653"),
            ("Nokia X20", "HMD Global", "HMD", "HMD Nokia X20"),
            ("T1", "BenQ", "BenQ", "BenQ T1"),
            ("", "Apple", nil, nil), (nil, "Apple", nil, nil), (nil, nil, nil, nil),
        ] as [(String?, String?, String?, String?)]
    )
    func derived(model: String?, maker: String?, family: String?, type: String?) {
        for field in [ContextField.deviceManufacturer, .deviceBrand] {
            var context = EventContext()
            context[.deviceModel] = model
            context[field] = maker
            #expect(context.deviceFamily == family)
            #expect(context.deviceType == type)
        }
    }

    @Test("who made it is stronger than whose name it bears")
    func maker() {
        var context = EventContext()
        context[.deviceModel] = "23021RAAEG"
        context[.deviceBrand] = "Redmi"
        context[.deviceManufacturer] = "Xiaomi"
        #expect(context.deviceType == "Xiaomi 23021RAAEG")
    }
}
