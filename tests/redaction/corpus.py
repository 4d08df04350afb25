# ruff: noqa: E501, PLR0915, SIM905 - tables, a line for each plant
"""Secrets planted in messages, one in each.

The secrets are made up from a seed, in the alphabets that vendors use. ``plants`` gives requests and
responses over all the places where a secret may stand; ``hides`` says whether it is gone from some
bytes, raw and decoded.
"""

import base64
import gzip
import hashlib
import html
import json
import random
import re
import string
import zlib
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

HEX = "0123456789abcdef"
BASE62 = string.ascii_letters + string.digits
BASE36 = string.ascii_lowercase + string.digits
UPPER = string.ascii_uppercase + string.digits
URL = BASE62 + "-_"


class Plant(NamedTuple):
    """One secret in one exchange.

    Attributes:
        group: The row of the table.
        name: What is special about it.
        sent: The request.
        received: The response.
        secret: What must not reach the disk.
    """

    group: str
    name: str
    sent: bytes
    received: bytes
    secret: str


class Maker:
    """Makes secrets; equal names give equal ones."""

    def text(self, name, alphabet, size):
        rng = random.Random(hashlib.sha256(name.encode()).digest())
        while True:
            made = "".join(rng.choices(alphabet, k=size))
            if size < 10 or (re.search(r"\d", made) or not set(alphabet) & set(string.digits)):
                return made

    def uuid(self, name):
        digits = self.text(name, HEX, 32)
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def base64(self, name, size):
        return base64.b64encode(hashlib.shake_256(name.encode()).digest(size)).decode()

    def jwt(self, name):
        parts = [
            {"alg": "HS256", "typ": "JWT"},
            {"sub": self.text(name, BASE36, 12), "exp": 1795000000},
        ]
        packed = [base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in parts]
        return b".".join(packed).decode() + "." + self.text(name + "s", URL, 43)

    def phrase(self, name):
        rng = random.Random(name)
        words = ["Otter", "violet", "Kettle", "marble", "Sunday", "cobalt", "fjord", "pixel"]
        return (
            f"{rng.choice(words)}{rng.choice('!#$-_.')}{rng.choice(words)}{rng.randrange(10, 9999)}"
        )


MAKE = Maker()


def request(target="/v1/things", *lines, method="GET", body=b"", kind="", host="api.example.com"):
    head = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Accept: */*", *lines]
    if body:
        head += [f"Content-Type: {kind}"] if kind else []
        head += [f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


def response(body=b"", *lines, kind="application/json", status="200 OK"):
    head = [f"HTTP/1.1 {status}", "Server: nginx", *lines]
    if body and kind:
        head.append(f"Content-Type: {kind}")
    if not any(line.startswith("Transfer-Encoding") for line in lines):
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


OK = response(b'{"ok": true}')

HEADERS = """
    Authorization Proxy-Authorization X-Forwarded-Authorization X-Original-Authorization X-Api-Key
    Api-Key apikey X-Auth-Token X-Auth-Key X-Access-Token X-Session-Token X-Amz-Security-Token
    X-Goog-Api-Key X-Goog-IAM-Authorization-Token OpenAI-Api-Key xi-api-key X-Pinecone-Api-Key
    CB-ACCESS-SIGN CB-ACCESS-PASSPHRASE CB-ACCESS-KEY X-MBX-APIKEY OK-ACCESS-SIGN KC-API-PASSPHRASE
    Private-Token Job-Token Deploy-Token X-Vault-Token X-Consul-Token X-Nomad-Token DD-API-KEY
    DD-APPLICATION-KEY X-Shopify-Access-Token X-Figma-Token X-Plex-Token X-Emby-Token
    X-Redmine-API-Key X-Postmark-Server-Token Circle-Token Travis-Token X-JFrog-Art-Api
    Ocp-Apim-Subscription-Key X-Functions-Key CF-Access-Client-Secret CF-Access-Token
    X-Parse-REST-API-Key X-Parse-Master-Key X-Algolia-API-Key X-RapidAPI-Key X-Cisco-Meraki-API-Key
    X-CSRF-Token X-XSRF-TOKEN X-CSRFToken RequestVerificationToken X-Slack-Signature
    X-Hub-Signature-256 X-Twilio-Signature X-Line-Signature X-Dropbox-Api-Key Fastly-Key
    X-Riot-Token X-TBA-Auth-Key X-Appwrite-Key X-Typesense-API-Key X-Finnhub-Token X-User-Secret
""".split()

QUERIES = """
    api_key apikey apiKey key access_token accessToken token auth_token authtoken code client_secret
    refresh_token id_token password passwd pwd secret sig signature hmac X-Amz-Signature
    X-Amz-Credential X-Amz-Security-Token X-Goog-Signature session_id sessionid sid jsessionid
    subscription-key appid_key app_key appKey consumer_secret oauth_token oauth_signature
    oauth_verifier ticket license_key otp_token reset_token invite_token magic_token jwt assertion
    SAMLResponse user[password] auth[token] tokens[] hash sign authkey auth_key access_key
    X-Plex-Token private_token crumb_token login_token registry_token webhook_key
""".split()

FORMS = """
    password passwd pass pwd j_password txtPassword new_password new_password_confirm
    password_confirmation current-password user_password client_secret refresh_token code
    code_verifier client_assertion assertion api_key token authenticity_token csrfmiddlewaretoken
    __RequestVerificationToken _csrf otp pin passphrase secret AuthToken SAMLResponse id_token
    device_code
""".split()

MEMBERS = """
    password passwd pwd passphrase secret token access_token refresh_token id_token accessToken
    refreshToken apiKey api_key apikey secretKey secret_key client_secret clientSecret
    stripeSecretKey slackBotToken smtpPass tokenSecret primaryKey secondaryKey privateKey
    private_key signingSecret signing_key webhookSecret encryptionKey masterKey accountKey
    sharedAccessKey connectionString aws_secret_access_key SecretAccessKey SessionToken
    AccessKeyId sessionToken session_id sessionId sid authToken auth_token bearerToken jwt csrfToken
    csrf_token xsrfToken authorization Authorization dbPassword databasePassword db_pass adminPass
    userPassword newPassword oldPassword password_confirmation passwordHash password_hash
    githubToken gitlabToken npmToken botToken apiToken deployKey sshKey consumerSecret appSecret
    hmacSecret sharedSecret jwtSecret cookieSecret encryption_secret storageKey licenseKey
    subscriptionKey functionKey integrationKey routing_secret verificationToken resetToken
    inviteToken confirmation_token unsubscribe_token deviceToken pushToken registrationToken
    recovery_codes backupCodes otp_secret totpSecret credentials credential basicAuthPassword
    proxyPassword ftp_password smtp_password ldapPassword keystorePassword truststore_password
    LoginToken access_key secret_access_key api_secret apiSecret client_key
""".split()

ALPHABETS = [
    lambda name: MAKE.text(name, HEX, 40),
    lambda name: MAKE.text(name, BASE62, 32),
    lambda name: MAKE.text(name, BASE36, 24),
    lambda name: MAKE.text(name, URL, 43),
    lambda name: MAKE.base64(name, 33),
    MAKE.uuid,
    lambda name: MAKE.text(name, UPPER, 20),
]


def secret_for(name, n):
    """A secret as it may stand under a name: a phrase for passwords, else from an alphabet."""
    words = name.lower()
    if words in ("otp", "pin"):
        return MAKE.text(name, string.digits, 6)
    if "pass" in words or "pwd" in words:
        return MAKE.phrase(name) if n % 2 else MAKE.text(name, BASE62, 14)
    return ALPHABETS[n % len(ALPHABETS)](name)


SHAPES = {
    "github": lambda: "ghp_" + MAKE.text("github", BASE62, 36),
    "github oauth": lambda: "gho_" + MAKE.text("gho", BASE62, 36),
    "github app": lambda: "ghs_" + MAKE.text("ghs", BASE62, 36),
    "github pat": lambda: "github_pat_" + MAKE.text("pat", BASE62 + "_", 82),
    "gitlab": lambda: "glpat-" + MAKE.text("glpat", URL, 20),
    "gitlab deploy": lambda: "gldt-" + MAKE.text("gldt", URL, 20),
    "slack bot": lambda: "xoxb-" + MAKE.text("xoxb1", string.digits, 12) + "-" + MAKE.text("xoxb", BASE62, 24),
    "slack user": lambda: "xoxp-" + MAKE.text("xoxp1", string.digits, 12) + "-" + MAKE.text("xoxp", HEX, 32),
    "slack app": lambda: "xapp-1-A012345678-" + MAKE.text("xapp", HEX, 64),
    "stripe": lambda: "sk_live_" + MAKE.text("stripe", BASE62, 24),
    "stripe restricted": lambda: "rk_test_" + MAKE.text("rk", BASE62, 99),
    "stripe webhook": lambda: "whsec_" + MAKE.text("whsec", BASE62, 32),
    "aws": lambda: "AKIA" + MAKE.text("aws", string.ascii_uppercase + "234567", 16),
    "aws session": lambda: "ASIA" + MAKE.text("asia", string.ascii_uppercase + "234567", 16),
    "google": lambda: "AIza" + MAKE.text("google", URL, 34) + "x",
    "google oauth": lambda: "ya29." + MAKE.text("ya29", URL, 120),
    "google client": lambda: "GOCSPX-" + MAKE.text("gocspx", URL, 28),
    "openai": lambda: "sk-" + MAKE.text("openai", BASE62, 48),
    "openai project": lambda: "sk-proj-" + MAKE.text("proj", URL, 74),
    "anthropic": lambda: "sk-ant-api03-" + MAKE.text("anthropic", URL, 93) + "AA",
    "hugging face": lambda: "hf_" + MAKE.text("hf", string.ascii_letters, 34),
    "npm": lambda: "npm_" + MAKE.text("npm", BASE62, 36),
    "pypi": lambda: "pypi-AgEIcHlwaS5vcmc" + MAKE.text("pypi", URL, 80),
    "sendgrid": lambda: "SG." + MAKE.text("sg1", URL, 22) + "." + MAKE.text("sg2", URL, 43),
    "twilio": lambda: "SK" + MAKE.text("twilio", HEX, 32),
    "mailgun": lambda: "key-" + MAKE.text("mailgun", HEX, 32),
    "mailchimp": lambda: MAKE.text("mailchimp", HEX, 32) + "-us12",
    "digitalocean": lambda: "dop_v1_" + MAKE.text("do", HEX, 64),
    "telegram": lambda: "1234509876:AA" + MAKE.text("telegram", URL, 33),
    "discord": lambda: "MTA" + MAKE.text("d1", BASE62, 23) + "." + MAKE.text("d2", URL, 6) + "." + MAKE.text("d3", URL, 38),
    "shopify": lambda: "shpat_" + MAKE.text("shopify", HEX, 32),
    "square": lambda: "sq0csp-" + MAKE.text("square", URL, 43),
    "square token": lambda: "EAAA" + MAKE.text("eaaa", URL, 60),
    "databricks": lambda: "dapi" + MAKE.text("dapi", HEX, 32),
    "doppler": lambda: "dp.pt." + MAKE.text("dp", BASE62, 43),
    "vault": lambda: "hvs." + MAKE.text("hvs", URL, 90),
    "grafana": lambda: "glsa_" + MAKE.text("glsa", BASE62, 32) + "_" + MAKE.text("glsa2", HEX, 8),
    "new relic": lambda: "NRAK-" + MAKE.text("nrak", UPPER, 27),
    "linear": lambda: "lin_api_" + MAKE.text("lin", BASE62, 40),
    "notion": lambda: "ntn_" + MAKE.text("ntn", BASE62, 46),
    "figma": lambda: "figd_" + MAKE.text("figd", URL, 40),
    "postman": lambda: "PMAK-" + MAKE.text("pm1", HEX, 24) + "-" + MAKE.text("pm2", HEX, 34),
    "airtable": lambda: "pat" + MAKE.text("at1", BASE62, 14) + "." + MAKE.text("at2", HEX, 64),
    "atlassian": lambda: "ATATT3xFfGF0" + MAKE.text("att", URL, 170),
    "hubspot": lambda: "pat-na1-" + MAKE.uuid("hubspot"),
    "planetscale": lambda: "pscale_tkn_" + MAKE.text("ps", URL, 43),
    "supabase": lambda: "sbp_" + MAKE.text("sbp", HEX, 40),
    "fly": lambda: "fo1_" + MAKE.text("fly", URL, 43),
    "docker": lambda: "dckr_pat_" + MAKE.text("dckr", URL, 27),
    "rubygems": lambda: "rubygems_" + MAKE.text("rg", HEX, 48),
    "pulumi": lambda: "pul-" + MAKE.text("pul", HEX, 40),
    "terraform": lambda: MAKE.text("tf1", BASE62, 14) + ".atlasv1." + MAKE.text("tf2", URL, 67),
    "tailscale": lambda: "tskey-auth-" + MAKE.text("ts1", BASE62, 17) + "-" + MAKE.text("ts2", BASE62, 32),
    "jwt": lambda: MAKE.jwt("shape"),
    "groq": lambda: "gsk_" + MAKE.text("groq", BASE62, 52),
    "replicate": lambda: "r8_" + MAKE.text("r8", BASE62, 37),
    "age": lambda: "AGE-SECRET-KEY-1" + MAKE.text("age", "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58),
    "azure client": lambda: "abc8Q~" + MAKE.text("az", BASE62, 34),
    "sentry": lambda: "sntrys_" + MAKE.text("sntrys", BASE62, 100),
    "xai": lambda: "xai-" + MAKE.text("xai", BASE62, 80),
}  # fmt: skip


def key_block(kind="RSA PRIVATE KEY", lines=5, width=64):
    body = [MAKE.base64(f"{kind}{n}", width * 3 // 4)[:width] for n in range(lines)]
    return f"-----BEGIN {kind}-----\n" + "\n".join(body) + f"\n-----END {kind}-----\n", body[2]


def in_headers():
    for n, name in enumerate(HEADERS):
        secret = secret_for(name, n)
        value = secret
        if name.endswith("Authorization"):
            value = f"{('Bearer', 'Token', 'Basic')[n % 3]} {secret}"
        yield Plant("names of headers", name, request("/v1", f"{name}: {value}"), OK, secret)


def in_schemes_and_cookies():
    group = "schemes, cookies"
    schemes = [
        "Bearer",
        "Token",
        "ApiKey",
        "Bot",
        "token",
        "Splunk",
        "GenieKey",
        "Key",
        "JWT",
        "SSO",
    ]
    for n, scheme in enumerate(schemes):
        secret = secret_for(scheme, n)
        yield Plant(group, scheme, request("/", f"Authorization: {scheme} {secret}"), OK, secret)
    password = MAKE.phrase("basic")
    packed = base64.b64encode(f"bob:{password}".encode()).decode()
    yield Plant(group, "Basic", request("/", f"Authorization: Basic {packed}"), OK, password)
    digits = MAKE.text("digest", HEX, 32)
    line = f'Authorization: Digest username="bob", realm="r", nonce="abc", uri="/", response="{digits}"'
    yield Plant(group, "Digest", request("/", line), OK, digits)
    line = (
        "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7AAAAAAA/20261123/eu-west-1/s3/"
        f"aws4_request, SignedHeaders=host, Signature={MAKE.text('sigv4', HEX, 64)}"
    )
    yield Plant(group, "SigV4", request("/", line), OK, MAKE.text("sigv4", HEX, 64))
    secret = MAKE.base64("oauth1", 20)
    line = (
        f'Authorization: OAuth oauth_consumer_key="abc", oauth_signature="{quote(secret, safe="")}"'
    )
    yield Plant(group, "OAuth 1", request("/", line), OK, secret)
    secret = MAKE.base64("shared", 32)
    line = f"Authorization: SharedKey account:{secret}"
    yield Plant(group, "SharedKey", request("/", line), OK, secret)
    for n, name in enumerate(
        ["session", "sessionid", "PHPSESSID", "JSESSIONID", "connect.sid", "csrftoken", "remember_me",
         "auth", "__Host-id", "_gh_sess", "laravel_session", "ASP.NET_SessionId", "token", "sid"]
    ):  # fmt: skip
        secret = ALPHABETS[n % 4](name)
        if n % 2:
            answer = response(b"{}", f"Set-Cookie: {name}={secret}; Path=/; HttpOnly")
            yield Plant(group, f"Set-Cookie {name}", request("/"), answer, secret)
        else:
            sent = request("/", f"Cookie: lang=en; {name}={secret}")
            yield Plant(group, f"Cookie {name}", sent, OK, secret)


def in_response_headers():
    group = "response headers, URLs in headers"
    for n, name in enumerate(
        ["X-Auth-Token", "X-Subject-Token", "X-CSRF-Token", "Refresh-Token", "X-Access-Token",
         "X-Session-Id", "X-Api-Key", "X-Amz-Security-Token", "Authorization", "X-Refresh-Token"]
    ):  # fmt: skip
        secret = secret_for("r" + name, n)
        value = f"Bearer {secret}" if name == "Authorization" else secret
        yield Plant(group, name, request("/"), response(b"{}", f"{name}: {value}"), secret)
    for n, (name, template) in enumerate([
        ("Location code", "Location: https://app.example.com/cb?code={}&state=ok"),
        ("Location fragment", "Location: https://app.example.com/cb#access_token={}&token_type=bearer"),
        ("Location sig", "Location: https://b.example.com/f?X-Amz-Signature={}"),
        ("Link", 'Link: <https://api.example.com/x?page=2&access_token={}>; rel="next"'),
        ("Location userinfo", "Location: https://bob:{}@example.com/"),
        ("Content-Location", "Content-Location: /x?token={}"),
        ("Refresh", "Refresh: 0; url=https://app.example.com/?session_id={}"),
        ("Location shape", "Location: https://app.example.com/t/ghp_{}/x"),
    ]):  # fmt: skip
        secret = MAKE.text(name, BASE62, 36) if n != 4 else MAKE.text(name, BASE62, 20)
        answer = response(b"", template.format(secret), status="302 Found")
        yield Plant(group, name, request("/"), answer, secret)
    secret = MAKE.text("referer", BASE62, 24)
    yield Plant(group, "Referer", request("/", f"Referer: https://h/?api_key={secret}"), OK, secret)
    secret = MAKE.text("origin-url", BASE62, 24)
    line = f"X-Original-URL: https://h/cb?a=1&id_token={secret}"
    yield Plant(group, "X-Original-URL", request("/", line), OK, secret)


def in_queries():
    for n, name in enumerate(QUERIES):
        secret = secret_for("q" + name, n)
        if n % 5 == 0:
            secret = MAKE.text(name, URL, 32)
        value = quote(secret, safe="")
        yield Plant("query", name, request(f"/x?a=1&{name}={value}&b=2"), OK, secret)


def in_forms():
    kind = "application/x-www-form-urlencoded"
    for n, name in enumerate(FORMS):
        secret = (
            secret_for("f" + name, n)
            if name not in ("otp", "pin")
            else MAKE.text(name, string.digits, 6)
        )
        if n % 4 == 3:
            body = (
                f'--B\r\nContent-Disposition: form-data; name="user"\r\n\r\nbob\r\n--B\r\n'
                f'Content-Disposition: form-data; name="{name}"\r\n\r\n{secret}\r\n--B--\r\n'
            ).encode()
            sent = request("/x", method="POST", body=body, kind="multipart/form-data; boundary=B")
            yield Plant("form, multipart", f"multipart {name}", sent, OK, secret)
            continue
        body = f"user=bob&{name}={quote(secret, safe='')}".encode()
        sent = request("/x", method="POST", body=body, kind="" if n % 7 == 2 else kind)
        yield Plant("form, multipart", name, sent, OK, secret)
    secret = SHAPES["github"]()
    body = f'--B\r\nContent-Disposition: form-data; name="notes"; filename="n.txt"\r\n\r\nmy {secret}\r\n--B--\r\n'.encode()
    sent = request("/x", method="POST", body=body, kind="multipart/form-data; boundary=B")
    yield Plant("form, multipart", "file with a token", sent, OK, secret)
    secret = MAKE.text("payload", BASE62, 24)
    body = f"payload={quote(json.dumps({'token': secret}))}".encode()
    yield Plant(
        "form, multipart",
        "JSON in a form",
        request("/x", method="POST", body=body, kind=kind),
        OK,
        secret,
    )


def in_members():
    for n, name in enumerate(MEMBERS):
        secret = secret_for("m" + name, n)
        value = [secret] if name in ("recovery_codes", "backupCodes") else secret
        if name in ("authorization", "Authorization"):
            value = f"Bearer {secret}"
        data = {"id": n, "name": "thing", name: value, "enabled": True}
        if n % 3 == 0:
            data = {"data": {"items": [data]}}
        separators = [(",", ":"), (", ", ": ")][n % 2]
        body = json.dumps(data, separators=separators).encode()
        if n % 2:
            sent = request("/x", method="POST", body=body, kind="application/json")
            yield Plant("JSON keys", name, sent, OK, secret)
        else:
            yield Plant("JSON keys", name, request(), response(body), secret)
    group = "JSON keys"
    for n, data in enumerate([
        {"env": [{"name": "API_KEY", "value": "%"}]},
        {"variables": [{"key": "DB_PASSWORD", "value": "%", "protected": False}]},
        {"headers": [{"name": "Authorization", "value": "Bearer %"}]},
        {"settings": [{"value": "%", "name": "clientSecret"}]},
        {"secret": {"value": "%", "version": 3}},
        {"credentials": {"username": "bob", "password": "%"}},
        {"tokens": ["%"]},
        {"auth": {"token": "%"}},
        {"config": json.dumps({"password": "%"})},
        {"log": "connecting with password=%"},
        {"url": "postgres://app:%@db.example.com/app"},
        {"hook": "https://example.com/h?token=%"},
    ]):  # fmt: skip
        secret = MAKE.text(f"nested{n}", BASE62, 24)
        body = json.dumps(data).replace("%", secret).encode()
        yield Plant(group, next(iter(data)), request(), response(body), secret)


def in_shapes():
    templates = [
        ('{{"note": "use {} for now"}}', "application/json"),
        ("Your new token is {}. Keep it.\n", "text/plain"),
        ("<p>token <code>{}</code></p>", "text/html"),
        ('{{"v":"{}"}}', "application/json"),
    ]  # fmt: skip
    for n, (name, make) in enumerate(SHAPES.items()):
        secret = make()
        template, kind = templates[n % len(templates)]
        body = template.format(secret).encode()
        if n % 5 == 4:
            sent = request(
                "/x",
                method="POST",
                body=json.dumps({"text": secret}).encode(),
                kind="application/json",
            )
            yield Plant("shapes in text", name, sent, OK, secret)
        elif n % 11 == 7:
            yield Plant(
                "shapes in text", name, request(f"/t/{quote(secret, safe=':')}/x"), OK, secret
            )
        else:
            yield Plant("shapes in text", name, request(), response(body, kind=kind), secret)
    for kind in (
        "RSA PRIVATE KEY",
        "PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "EC PRIVATE KEY",
        "PGP PRIVATE KEY BLOCK",
    ):
        block, line = key_block(kind)
        yield Plant(
            "shapes in text", kind, request(), response(json.dumps({"k": block}).encode()), line
        )
        yield Plant(
            "shapes in text",
            f"{kind} text",
            request(),
            response(block.encode(), kind="text/plain"),
            line,
        )
    for scheme in ("postgresql", "mysql", "mongodb+srv", "redis", "amqp", "https", "smtp"):
        secret = MAKE.text(scheme, BASE62, 18)
        body = f"connect to {scheme}://app:{secret}@db.example.com/x please\n".encode()
        yield Plant("shapes in text", scheme, request(), response(body, kind="text/plain"), secret)
    secret = MAKE.base64("azure", 64)
    body = f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={secret};EndpointSuffix=core.windows.net"
    yield Plant(
        "shapes in text",
        "azure storage",
        request(),
        response(json.dumps({"cs": body}).encode()),
        secret,
    )
    secret = MAKE.base64("bus", 32)
    body = (
        f"Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={secret}"
    )
    yield Plant(
        "shapes in text",
        "azure bus",
        request(),
        response(json.dumps({"cs": body}).encode()),
        secret,
    )
    secret = MAKE.base64("sas", 32)
    url = f"https://a.blob.core.windows.net/c?sv=2022-11-02&se=2026-01-01&sr=c&sp=r&sig={quote(secret, safe='')}"
    yield Plant(
        "shapes in text", "azure SAS", request(), response(json.dumps({"u": url}).encode()), secret
    )
    secret = MAKE.text("mssql", BASE62, 16)
    body = f"Server=tcp:db.example.com;Database=x;User ID=app;Password={secret};Encrypt=True"
    yield Plant(
        "shapes in text", "mssql", request(), response(json.dumps({"c": body}).encode()), secret
    )


def in_xml():
    for n, template in enumerate([
        "<login><user>bob</user><password>{}</password></login>",
        '<s:Envelope xmlns:s="x"><s:Body><ns:Password Type="x">{}</ns:Password></s:Body></s:Envelope>',
        "<Credentials><AccessKeyId>x</AccessKeyId><SecretAccessKey>{}</SecretAccessKey></Credentials>",
        "<r><SessionToken><![CDATA[{}]]></SessionToken></r>",
        '<db user="bob" password="{}"/>',
        '<configuration><add key="ApiKey" value="{}"/></configuration>',
        "<config><property name='clientSecret'>{}</property></config>",
        "<a><property><name>x</name></property><apiKey>\n  {}\n</apiKey></a>",
        '<user api-token="{}" name="bob"></user>',
        "<methodCall><params><param><value><struct><member><name>password</name><value><string>{}</string></value></member></struct></value></param></params></methodCall>",
        '<Parameter Name="AuthToken" Value="{}" />',
        "<oauth><access_token>{}</access_token></oauth>",
    ]):  # fmt: skip
        secret = MAKE.text(f"xml{n}", BASE62, 24)
        body = ('<?xml version="1.0"?>\n' + template.format(secret)).encode()
        if n % 2:
            yield Plant(
                "XML", template[:30], request(), response(body, kind="application/xml"), secret
            )
        else:
            sent = request("/x", method="POST", body=body, kind="text/xml")
            yield Plant("XML", template[:30], sent, OK, secret)


def in_graphql():
    for n, data in enumerate([
        {"query": 'mutation { login(user: "bob", password: "%") { id } }'},
        {"query": "mutation M($p: String!) { login(password: $p) { id } }", "variables": {"p": "%"}},
        {"query": "mutation M($input: I!) { x(input: $input) }", "variables": {"input": {"clientSecret": "%"}}},
        {"query": 'mutation { setToken(token: "%") }'},
        {"query": "mutation($t: String) { verify(authToken: $t) { ok } }", "variables": {"t": "%"}},
        {"operationName": "L", "query": 'mutation L { signIn(input: {email: "a@b.c", passphrase: "%"}) { id } }'},
    ]):  # fmt: skip
        secret = MAKE.text(f"graphql{n}", BASE62, 22)
        body = json.dumps(data).replace("%", secret).encode()
        sent = request("/graphql", method="POST", body=body, kind="application/json")
        yield Plant("GraphQL", data["query"][:30], sent, OK, secret)


def in_text():
    group = "HTML, .env, configuration text"
    for n, (template, kind) in enumerate([
        ('<form><input type="hidden" name="csrf_token" value="{}"></form>', "text/html"),
        ('<input value="{}" type="hidden" name="authenticity_token">', "text/html"),
        ("<meta name='csrf-token' content='{}'>", "text/html"),
        ('<html><script>window.config = {{"apiKey": "{}"}};</script></html>', "text/html"),
        ("<html><script>var token = '{}';</script></html>", "text/html"),
        ('<input type="hidden" name="__RequestVerificationToken" value="{}" />', "text/html"),
        ("API_KEY={}\nDEBUG=1\n", "text/plain"),
        ("export STRIPE_SECRET_KEY='{}'\n", "text/plain"),
        ('DB_HOST=x\nDB_PASSWORD="{}"\n', "text/plain"),
        ("[database]\nuser = bob\npassword = {}\n", "text/plain"),
        ("database:\n  user: bob\n  password: {}\n", "application/yaml"),
        ("secret_key: '{}'\n", "text/yaml"),
        ('[auth]\ntoken = "{}"\n', "application/toml"),
        ('curl -H "Authorization: Bearer {}" https://api.example.com\n', "text/plain"),
        ("curl -u bob:{} https://api.example.com\n", "text/plain"),
        ("deploy --token {} --verbose\n", "text/plain"),
        ("machine example.com login bob password {}\n", "text/plain"),
        ("client_secret => {}\n", "text/plain"),
        ("//registry.npmjs.org/:_authToken={}\n", "text/plain"),
        ("2026-11-23 INFO auth: access_token={} user=bob\n", "text/plain"),
        ('const client = new Client({{ apiKey: "{}" }});\n', "application/javascript"),
        ("password={}\nuser=bob\n", "text/plain"),
        ("spring.datasource.password={}\n", "text/plain"),
        ("id,name,api_token\n1,bob,{}\n2,eve,\n", "text/csv"),
        ("db.example.com:5432:app:bob:{}\n", "text/plain"),
        ('{{"a": 1}}\n{{"token": "{}"}}\n', "application/x-ndjson"),
        ('event: x\ndata: {{"access_token": "{}"}}\n\n', "text/event-stream"),
        ("Authorization: Basic {}\n", "text/plain"),
    ]):  # fmt: skip
        secret = MAKE.text(f"text{n}", BASE62, 24)
        body = template.format(secret).encode()
        yield Plant(group, template[:30], request(), response(body, kind=kind), secret)


def that_return():
    group = "learned values that come back"
    spellings = {
        "raw": lambda s: s,
        "percent": lambda s: quote(s, safe=""),
        "base64": lambda s: base64.b64encode(f"id:{s}:x".encode()).decode(),
        "base64 at 1": lambda s: base64.b64encode(f"i{s}".encode()).decode(),
        "base64 at 2": lambda s: base64.b64encode(f"id{s}".encode()).decode(),
        "hex": lambda s: s.encode().hex(),
        "upper hex": lambda s: s.encode().hex().upper(),
        "JSON": lambda s: json.dumps(s)[1:-1].replace("/", "\\/"),
        "html": lambda s: s,
    }
    for name, spell in spellings.items():
        secret = MAKE.text(name, URL + "/+", 30)
        body = f'see "{spell(secret)}" there'.encode()
        sent = request("/x", f"Authorization: Bearer {secret}")
        yield Plant(group, f"{name} in text", sent, response(body, kind="text/plain"), secret)
        secret = MAKE.text(name + "2", BASE62, 24)
        echoed = json.dumps({"echo": spell(secret)}).encode()
        body = json.dumps({"password": secret}).encode()
        sent = request("/x", method="POST", body=body, kind="application/json")
        yield Plant(group, f"{name} in JSON", sent, response(echoed), secret)
    secret = MAKE.text("path", BASE62, 24)
    sent = request(f"/sessions/{secret}", f"X-Auth-Token: {secret}")
    yield Plant(group, "path", sent, OK, secret)
    secret = MAKE.text("header", BASE62, 24)
    answer = response(json.dumps({"token": secret}).encode(), f"X-Echo: {secret}")
    yield Plant(group, "response header", request(), answer, secret)


ENVIRONMENT = {
    "SERVICE_API_KEY": MAKE.text("env1", BASE62, 28),
    "DB_PASSWORD": MAKE.phrase("env2") + "Zq",
    "MY_AUTH_TOKEN": MAKE.text("env3", HEX, 40),
    "DATABASE_URL": f"postgres://app:{MAKE.text('env4', BASE62, 20)}@db/x",
    "CLIENT_SECRET": MAKE.text("env5", URL, 32),
    "SIGNING_KEY": MAKE.base64("env6", 32),
    "WEBHOOK_SECRET": MAKE.text("env7", BASE36, 32),
}
"""What the environment must hold while the plants of its group are recorded."""


def of_environment():
    values = {**ENVIRONMENT, "DATABASE_URL": MAKE.text("env4", BASE62, 20)}
    for n, (name, secret) in enumerate(values.items()):
        if n % 2:
            sent = request(f"/x/{quote(secret, safe='')}/y")
            yield Plant("values of the environment", name, sent, OK, secret)
        else:
            body = json.dumps({"message": f"hello {secret} there"}).encode()
            yield Plant("values of the environment", name, request(), response(body), secret)


def encoded():
    group = "encodings"

    def body_of(name):
        secret = MAKE.text("enc" + name, BASE62, 28)
        return json.dumps({"a": 1, "access_token": secret}).encode(), secret

    codings = {"gzip": gzip.compress, "deflate": zlib.compress, "x-gzip": gzip.compress}
    try:
        import brotli  # noqa: PLC0415 - where it is installed

        codings["br"] = brotli.compress
    except ImportError:
        pass
    try:
        import zstandard  # noqa: PLC0415 - as above

        codings["zstd"] = zstandard.ZstdCompressor().compress
    except ImportError:
        pass
    for name, compress in codings.items():
        body, secret = body_of(name)
        yield Plant(
            group, name, request(), response(compress(body), f"Content-Encoding: {name}"), secret
        )
        body, secret = body_of(name + "sent")
        packed = compress(body)
        sent = request(
            "/x", f"Content-Encoding: {name}", method="POST", body=packed, kind="application/json"
        )
        yield Plant(group, f"{name} sent", sent, OK, secret)
        body, secret = body_of(name + "twice")
        packed = gzip.compress(compress(body))
        yield Plant(
            group,
            f"{name}, gzip",
            request(),
            response(packed, f"Content-Encoding: {name}, gzip"),
            secret,
        )
    body, secret = body_of("magic")
    yield Plant(
        group,
        "gzip without a label",
        request(),
        response(gzip.compress(body), kind="application/octet-stream"),
        secret,
    )
    for charset in ("utf-16", "utf-16-le", "utf-16-be"):
        body, secret = body_of(charset)
        packed = body.decode().encode(charset)
        yield Plant(
            group,
            charset,
            request(),
            response(packed, kind=f"application/json; charset={charset}"),
            secret,
        )
    for kind in ("application/octet-stream", "text/html", "text/plain", ""):
        body, secret = body_of("kind" + kind)
        yield Plant(group, f"JSON as {kind}", request(), response(body, kind=kind), secret)
    for size in (1, 3, 7, 20):
        body, secret = body_of(f"chunk{size}")
        chunks = b"".join(
            b"%x\r\n%b\r\n" % (len(body[at : at + size]), body[at : at + size])
            for at in range(0, len(body), size)
        )
        answer = response(chunks + b"0\r\n\r\n", "Transfer-Encoding: chunked")
        yield Plant(group, f"chunks of {size}", request(), answer, secret)
    body, secret = body_of("packed")
    answer = response(json.dumps({"payload": base64.b64encode(body).decode()}).encode())
    yield Plant(group, "base64 in JSON", request(), answer, secret)
    body, secret = body_of("packed url")
    answer = response(
        json.dumps({"payload": base64.urlsafe_b64encode(body).decode().rstrip("=")}).encode()
    )
    yield Plant(group, "base64url in JSON", request(), answer, secret)
    secret = MAKE.text("kube", BASE62, 21)
    answer = response(
        json.dumps({"data": {"password": base64.b64encode(secret.encode()).decode()}}).encode()
    )
    yield Plant(group, "base64 of a password", request(), answer, secret)
    secret = MAKE.text("dotenv", BASE62, 24)
    packed = base64.b64encode(f"A=1\nAPI_KEY={secret}\n".encode()).decode()
    yield Plant(
        group,
        "base64 of .env",
        request(),
        response(json.dumps({"content": packed}).encode()),
        secret,
    )
    secret = MAKE.text("twice", BASE62, 24)
    target = f"/x?next={quote('https://h/?token=' + secret, safe='')}"
    yield Plant(group, "URL in a URL", request(target), OK, secret)
    secret = MAKE.text("unicode", BASE62, 24)
    body = b'{"pass\\u0077ord": "%b"}' % secret.encode()
    yield Plant(group, "escaped name", request(), response(body), secret)
    secret = MAKE.text("entity", BASE62, 24)
    body = f'<a href="https://h/?a=1&amp;token={html.escape(secret)}">x</a>'.encode()
    yield Plant(group, "entities", request(), response(body, kind="text/html"), secret)


GROUPS = (
    in_headers, in_schemes_and_cookies, in_response_headers, in_queries, in_forms, in_members,
    in_shapes, in_xml, in_graphql, in_text, that_return, of_environment, encoded,
)  # fmt: skip


def plants():
    """All secrets that are planted."""
    return [plant for group in GROUPS for plant in group()]


def readings(data):
    """Some bytes as they are, and what they say with one layer of encoding undone."""
    yield data
    yield unquote_to_bytes(data)
    yield data.replace(b"\0", b"")
    yield data.replace(b"\\/", b"/")
    for run in re.findall(rb"[A-Za-z0-9+/_-]{12,}", data):
        standard = run.replace(b"-", b"+").replace(b"_", b"/")
        for shift in range(4):
            part = standard[shift:]
            yield base64.b64decode(part[: len(part) // 4 * 4])
    for run in re.findall(rb"[0-9a-fA-F]{16,}", data):
        yield bytes.fromhex(run[: len(run) // 2 * 2].decode())


def hides(data, secret):
    """Whether a secret is gone from some bytes, raw and decoded."""
    secret = secret.encode()
    return not any(secret in reading for reading in readings(data))
