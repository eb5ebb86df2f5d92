import EventModel
import HTTPEdge
import Hummingbird

extension Endpoint {
    /// Where links lead: what stands behind their `#` goes from the page to `/api/v1/auth/…`, and nowhere else. The page has
    /// all that it needs in itself.
    static let signInPage = Endpoint(
        .get,
        at: "/sign-in",
        "The page to which links lead: signs in, makes an account, or sets a password.",
        access: .everybody,
        contentTypes: ["text/html"]
    ) { _ in
        // Names this answer's script and style, so that no others run.
        var generator = SystemRandomNumberGenerator()
        let nonce =
            String(UInt64.random(in: .min ... .max, using: &generator), radix: 16)
            + String(UInt64.random(in: .min ... .max, using: &generator), radix: 16)
        var reply = Reply.text(SignInPage.html(nonce: nonce), contentType: "text/html; charset=utf-8")
        reply.headers[.contentSecurityPolicy] = """
            default-src 'none'; script-src 'nonce-\(nonce)'; style-src 'nonce-\(nonce)'; connect-src 'self'; \
            form-action 'none'; frame-ancestors 'none'; base-uri 'none'
            """
        reply.headers[.cacheControl] = "no-store"
        reply.headers[.init("Referrer-Policy")!] = "no-referrer"
        reply.headers[.xContentTypeOptions] = "nosniff"
        return reply
    }
}

private enum SignInPage {
    static func html(nonce: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>Antinode: sign in</title>
        <style nonce="\(nonce)">
        body { font: 1rem/1.5 system-ui, sans-serif; max-width: 22rem; margin: 15vh auto; padding: 0 1rem }
        label { display: block; margin: 1rem 0 }
        input, button { font: inherit; box-sizing: border-box; width: 100%; padding: .5rem }
        [hidden] { display: none }
        </style>
        <h1>Antinode</h1>
        <p id="says" role="status">One moment.</p>
        <form id="form" hidden>
        <label id="email-line">E-mail <input id="email" type="email" autocomplete="username"></label>
        <label id="password-line">Password <input id="password" type="password"></label>
        <button id="go"></button>
        </form>
        <noscript>This page needs JavaScript.</noscript>
        <script nonce="\(nonce)">
        "use strict";
        const part = (id) => document.getElementById(id);
        const token = location.hash.slice(1);
        // So that neither the history nor a picture of the screen has it.
        history.replaceState(null, "", location.pathname);
        const ask = async (path, body) => {
            const answer = await fetch("/api/v1/auth/" + path, {
                method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
            });
            const said = await answer.json();
            if (!answer.ok) throw new Error(said.message);
            return said;
        };
        const show = (says, go, path, { email, isNew, hasPassword = true } = {}) => {
            part("says").textContent = says;
            part("go").textContent = go;
            part("email-line").hidden = email === undefined;
            part("email").required = email !== undefined;
            part("password-line").hidden = !hasPassword;
            part("password").required = hasPassword;
            part("password").autocomplete = isNew ? "new-password" : "current-password";
            if (isNew) part("password").minLength = 10;
            part("form").hidden = false;
            part("form").onsubmit = async (event) => {
                event.preventDefault();
                part("go").disabled = true;
                const body = { cookie: true };
                if (path !== "login") body.token = token;
                if (email !== undefined) body.email = part("email").value;
                if (hasPassword) body.password = part("password").value;
                try {
                    const { user } = await ask(path, body);
                    part("form").hidden = true;
                    part("says").textContent = "You are signed in" + (user.email ? " as " + user.email : "") + ".";
                } catch (error) {
                    part("says").textContent = error.message;
                    part("go").disabled = false;
                }
            };
        };
        const begin = async () => {
            if (token === "") return show("Sign in.", "Sign in", "login", { email: "" });
            const link = await ask("link", { token });
            if (link.purpose === "reset") {
                show("Choose a new password for " + link.email + ".", "Set password", "reset", { isNew: true });
            } else if (link.purpose === "invitation") {
                const says = link.has_account ? "Sign in as " + link.email + " to join."
                    : "Choose a password for " + link.email + " to join.";
                show(says, "Join", "invitation", { isNew: !link.has_account });
            } else if (link.account_required) {
                show("Make the account with which you run this server.", "Make account", "setup", { email: "", isNew: true });
            } else {
                show("This link signs you in on this machine.", "Sign in", "local", { hasPassword: false });
            }
        };
        begin().catch((error) => { part("says").textContent = error.message; });
        </script>
        </html>

        """
    }
}
