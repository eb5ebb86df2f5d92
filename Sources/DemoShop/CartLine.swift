/// Some pieces of one product, in a cart.
struct CartLine: Sendable {
    /// Index in `Product.all`.
    let product: Int
    let quantity: Int
    /// The price of one piece, which a coupon lowers at the checkout.
    var unitCents: Int

    init(product: Int, quantity: Int) {
        self.product = product
        self.quantity = quantity
        unitCents = Product.all[product].cents
    }
}
