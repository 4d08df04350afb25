# ruff: noqa: E501, Q003 - tables, a line for each page
"""A hundred ordinary exchanges without any secret, though much in them looks like one."""

import base64
import hashlib
import json
import uuid

from redaction.corpus import request, response


def _sha(text, size=40):
    return hashlib.sha256(text.encode()).hexdigest()[:size]


def _id(text, size=22):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()[:size]


JSON = [
    {"coins": [{"token": "ETH", "price": 3120.5, "token_address": "0x" + _sha("eth")}, {"token": "USDC"}]},
    {"token": "BTC", "symbol": "BTC", "key": "bitcoin"},
    {"choices": [{"logprobs": {"content": [{"token": "Hello", "logprob": -0.01, "top_logprobs": [{"token": " wor", "logprob": -2.5}]}, {"token": "!"}]}}]},
    {"usage": {"prompt_tokens": 1200, "completion_tokens": 345678, "total_tokens": 346878, "max_tokens": 4096}},
    {"tokens": 123456, "tokens_used": 7654321, "token_count": 1234567, "model": "gpt-4o-mini-2024-07-18"},
    {"sha": _sha("c1"), "commit": {"verification": {"verified": True, "reason": "valid", "signature": "-----BEGIN PGP SIGNATURE-----\n\niQEzBAABCAAdFiEE" + _id("sig", 40) + "\n-----END PGP SIGNATURE-----", "payload": "tree " + _sha("t")}}},
    {"name": "left-pad", "dist": {"shasum": _sha("npm"), "integrity": "sha512-" + base64.b64encode(hashlib.sha512(b"x").digest()).decode(), "signatures": [{"keyid": "SHA256:" + _id("k", 43), "sig": base64.b64encode(hashlib.sha512(b"sig").digest()).decode()}]}},
    {"errors": {"password": ["This field is required."], "token": ["Invalid token."], "api_key": "This field may not be blank."}},
    {"password": "Password", "passwordConfirm": "Confirm password", "forgot_password": "Forgot your password?", "login": "Log in"},
    {"labels": {"password": "Mot de passe", "secret": "Geheimnis", "apiKey": "API key"}},
    {"auth": "oauth2", "authentication": "basic", "authorization": "none", "auth_type": "bearer"},
    {"match": {"score": "12/13", "pass": "12/13", "passes": 431}},
    {"pass": True, "fail": False, "password": None, "secret": True},
    {"example": {"api_key": "YOUR_API_KEY", "token": "<token>", "password": "********", "secret": "${SECRET}"}},
    {"auth_example": "Authorization: Bearer <ACCESS_TOKEN>", "help": "send <token> in the header", "status": "ok"},
    {"next_page_token": _id("npt", 40), "nextPageToken": _id("np", 30), "items": []},
    {"pageToken": _id("pt", 30), "continuationToken": _id("ct", 50), "next_token": _id("nt", 40)},
    {"paging": {"cursors": {"before": _id("b"), "after": _id("a")}, "next": "https://api.example.com/x?cursor=" + _id("c") + "&page=2"}},
    {"cursor": base64.b64encode(b'{"id": 12, "ts": 1700000000}').decode(), "has_more": True},
    {"sort_key": "created_at", "sortKey": "name_asc", "partition_key": "tenant#1234", "primary_key": "id", "foreign_key": "user_id"},
    {"Contents": [{"Key": "logs/2026/11/23/app-" + _sha("k", 12) + ".log", "ETag": '"' + _sha("e", 32) + '"', "Size": 1234}]},
    {"key": "PROJ-1234", "fields": {"summary": "Rotate the password", "project": {"key": "PROJ"}}},
    {"key": "users.profile.title", "value": "Profile"},
    [{"key": "color", "value": "red"}, {"key": "size", "value": "extra-large"}],
    {"metrics": [{"key": "http_requests_total", "value": 123456789}]},
    {"publicKey": "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA" + _id("pub", 40), "public_key": "pk_live_" + _id("pk", 24), "publishableKey": "pk_test_" + _id("pk2", 24)},
    {"keys": [{"kty": "RSA", "kid": _sha("kid", 20), "use": "sig", "alg": "RS256", "n": _id("n", 43) * 4, "e": "AQAB"}]},
    {"id": str(uuid.UUID(_sha("u", 32))), "request_id": _sha("rid", 32), "trace_id": _sha("tr", 32), "etag": _sha("et", 32)},
    {"session": {"title": "Keynote", "room": "Hall 1", "speaker": "Ada Lovelace"}, "session_name": "morning-session"},
    {"sessions": [{"sessionId": 17, "title": "Opening"}, {"sessionId": 18, "title": "Closing"}]},
    {"secretary": "Bob", "secretariat": "Geneva", "compass": "north", "passenger": {"name": "Ann", "passport_country": "DE"}},
    {"author": "Ann Author", "authority": "EU", "authored_at": "2026-11-23T10:00:00Z", "authors": ["A", "B"]},
    {"monkey": "capuchin", "turkey": "roast", "keyboard": "qwerty", "keywords": ["key", "secret", "token"], "hotkey": "ctrl+k"},
    {"code": 200, "error_code": "invalid_request", "country_code": "DE", "currencyCode": "EUR", "zipcode": "10115", "code_language": "python"},
    {"status": "error", "code": "resource_not_found", "message": "No such token: tok_visa", "error": {"code": "token_expired", "type": "authentication_error"}},
    {"state": "California", "license": {"key": "apache-2.0", "name": "Apache License 2.0", "spdx_id": "Apache-2.0"}},
    {"ticket": "Adult", "ticket_type": "day", "hash": _sha("h"), "checksum": _sha("ch", 64), "md5": _sha("md5", 32), "digest": "sha256:" + _sha("d", 64)},
    {"blocks": [{"hash": "0x" + _sha("bl", 64), "parentHash": "0x" + _sha("pa", 64), "nonce": "0x" + _sha("no", 16), "stateRoot": "0x" + _sha("sr", 64)}]},
    {"tx": {"from": "0x" + _sha("f"), "to": "0x" + _sha("to"), "signature": "0x" + _sha("s", 64) * 2, "r": "0x" + _sha("r", 64), "s": "0x" + _sha("ss", 64)}},
    {"token_type": "bearer", "expires_in": 3600, "scope": "read:user repo", "token_endpoint": "https://id.example.com/oauth2/token"},
    {"issuer": "https://id.example.com", "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"], "id_token_signing_alg_values_supported": ["RS256"]},
    {"password_policy": {"min_length": 12, "require_digits": True}, "password_expires_at": "2027-01-01", "passwordStrength": "strong", "password_reset_url": "https://example.com/reset"},
    {"type": "object", "properties": {"password": {"type": "string", "format": "password"}, "token": {"type": "string", "description": "The token"}, "secret": {"$ref": "#/x"}}, "required": ["password", "token"]},
    {"openapi": "3.1.0", "components": {"securitySchemes": {"ApiKeyAuth": {"type": "apiKey", "in": "header", "name": "X-API-Key"}, "bearerAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}}},
    {"headers": {"Accept": "*/*", "User-Agent": "python-requests/2.32.3", "X-Request-Id": _sha("xr", 32)}, "origin": "10.0.0.1", "url": "https://httpbin.example.com/get?show_env=1"},
    {"tokenizer": "cl100k_base", "bos_token": "<s>", "eos_token": "</s>", "pad_token": "[PAD]", "unk_token": "<unk>"},
    {"vocab": {"token": "Ġthe", "id": 262}, "token_ids": [262, 11, 464]},
    {"grade": {"pass": 60, "pass_rate": 0.82, "passing": True}, "pass_mark": 40},
    {"basic": {"title": "Basic plan"}, "bearer": "of good news", "credential_type": "degree", "credentials": ["PhD", "MSc"]},
    {"pin": "560001", "city": "Bengaluru", "pincode": 560001, "map_pin": "red"},
    {"cvv_check": "pass", "card": {"brand": "visa", "last4": "4242", "fingerprint": _id("fp", 16)}, "cvc_check": "pass"},
    {"oauth": {"enabled": True, "providers": ["github", "google"]}, "sso": False, "mfa": "optional"},
    {"user": {"login": "octocat", "node_id": "MDQ6VXNlcjE=", "avatar_url": "https://avatars.example.com/u/1?v=4", "gravatar_id": ""}},
    {"encoding": "base64", "content": base64.b64encode(b"# Title\n\nSome text of a readme, longer than a line.\n").decode()},
    {"image": "data:image/png;base64," + base64.b64encode(hashlib.sha512(b"png").digest() * 3).decode()},
    {"translations": {"token.expired": "The token has expired", "password.too_short": "Too short", "auth.failed": "Login failed"}},
    {"features": ["secret-santa", "password-less-login", "api-key-rotation"], "plan": "pro"},
    {"webhook": {"url": "https://hooks.example.com/in", "events": ["token.created", "secret.rotated"], "active": True}},
    {"verification": {"status": "verified", "code_sent": True, "verification_code_length": 6}},
    {"signature": "Best regards,\nBob", "email_signature": "<p>Bob</p>"},
    {"music": {"key": "C# minor", "keys": ["C", "D"], "mode": "dorian"}, "answer_key": "abbacadabra"},
    {"idempotency_key": str(uuid.UUID(_sha("ik", 32))), "dedup_key": "order-1234", "cache_key": "user:1234:profile", "routing_key": "orders.created"},
    {"lock_token": "none", "sync_token": _id("sy", 30), "change_token": "42", "resume_token": _id("rt", 30)},
    {"session_duration": 3600, "session_count": 12, "session_state": "active", "session_type": "web"},
    {"flight": {"code": "LH123", "ticket_class": "Y", "gate": "B12"}, "iata_code": "FRA"},
    {"coupon": {"code": "SUMMER2026"}, "promo_code": "WELCOME10"},
    {"words": ["password", "secret", "token", "api_key"], "count": 4},
    {"dsn": "not configured", "connection_string": "see the manual", "kubeconfig": "~/.kube/config"},
    {"a": "x" * 40, "b": "0" * 64, "c": "deadbeef", "d": "00000000-0000-0000-0000-000000000000"},
    {"created": 1700000000, "id": "chatcmpl-" + _id("cc", 29).replace("_", "a").replace("-", "b"), "object": "chat.completion", "system_fingerprint": "fp_" + _sha("sfp", 10)},
]  # fmt: skip

TEXTS = [
    ("text/html", "<html><body><label for=pw>Password</label><input type='password' name='password' placeholder='Password' value=''><p>Your token: keep it safe.</p></body></html>"),
    ("text/html", "<h1>Secrets of the deep</h1><p>The secret: patience. The key: practice. Password: required.</p>"),
    ("text/html", '<meta name="keywords" content="password, token, secret"><meta name="description" content="All about keys">'),
    ("text/html", '<script src="/app.js?v=1.2.3" integrity="sha384-' + base64.b64encode(hashlib.sha384(b"i").digest()).decode() + '"></script>'),
    ("text/html", '<a href="/login?next=/account&lang=en">Log in</a> <a href="/search?key=name&sort=asc&code=DE">x</a>'),
    ("text/html", '<input name="search" value="password reset"><input name="token_name" value="My deploy token">'),
    ("text/plain", "Usage: tool --token TOKEN --password PASSWORD [--key FILE]\n"),
    ("text/plain", "API_KEY=your-api-key-here\nSECRET_KEY=changeme\nPASSWORD=<password>\nTOKEN=${TOKEN}\n"),
    ("text/plain", "token = get_token()\npassword = getpass.getpass()\nkey = data['key']\nsecret = settings.SECRET_KEY\n"),
    ("text/plain", "The password: it must have eight letters. A token: a sign of affection. auth: see below.\n"),
    ("text/plain", "commit " + _sha("commit") + "\nAuthor: Ann <ann@example.com>\n\n    Fix token refresh: see #12\n"),
    ("text/css", ".password { color: red } .token:hover { key: none } #secret::after { content: 'x' }"),
    ("application/javascript", "function f(token,key){return e.password===t.password?key:token}var a={password:'Password',token:null,auth:!0,key:'enter'};"),
    ("application/javascript", "const token=t.token||e.getToken();this.apiKey=n.apiKey;password:e.password,secret:r(12).secret"),
    ("application/xml", "<fields><field name='password' type='string' required='true'/><token>identifier</token><key>name</key></fields>"),
    ("application/xml", "<ListBucketResult><Contents><Key>a/b/c-2026-11-23.log</Key><ETag>&quot;" + _sha("x", 32) + "&quot;</ETag></Contents><NextContinuationToken>" + _id("nct", 40) + "</NextContinuationToken></ListBucketResult>"),
    ("application/xml", "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>x.txt</Key><RequestId>4442587FB7D0A2F9</RequestId></Error>"),
    ("application/yaml", "password: ''\ntoken: null\nauth:\n  type: oauth2\nkey: value\nsecret: !vault x\n"),
    ("application/yaml", "openapi: 3.0.0\nsecurity:\n  - api_key: []\nparameters:\n  - name: token\n    in: query\n"),
    ("text/csv", "key,token,code\nname,ETH,DE\nage,BTC,FR\n"),
    ("text/markdown", "Set `OPENAI_API_KEY=sk-...` and run `curl -H \"Authorization: Bearer $TOKEN\"`. Then `--password=***`.\n"),
    ("text/event-stream", 'data: {"choices":[{"delta":{"content":"The secret token: none"}}]}\n\ndata: [DONE]\n\n'),
    ("application/x-ndjson", '{"token":"The"}\n{"token":" quick"}\n{"token":" brown fox"}\n'),
    ("application/octet-stream", "".join(chr(33 + b % 90) for b in hashlib.sha512(b"o").digest() * 8)),
    ("application/pgp-keys", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n" + _id("pgp", 43) + "\n-----END PGP PUBLIC KEY BLOCK-----\n"),
    ("application/x-pem-file", "-----BEGIN CERTIFICATE-----\nMIID" + _id("pem", 43) + "\n-----END CERTIFICATE-----\n"),
]  # fmt: skip

REQUESTS = [
    request("/search?key=name&sort_key=created&code=DE&state=CA&token=ETH&hash=none&page=2"),
    request("/items?cursor=" + _id("cur", 30) + "&page_token=" + _id("ptok", 40) + "&next_token=abc"),
    request("/x?session=morning&auth=oauth2&pass=1&sign=plus&ticket=adult", "Cookie: lang=en; theme=dark; tz=Europe/Berlin"),
    request("/x", 'If-None-Match: "' + _sha("inm", 32) + '"', "X-Request-Id: " + str(uuid.UUID(_sha("xri", 32))), "Idempotency-Key: " + str(uuid.UUID(_sha("idk", 32)))),
    request("/x", "traceparent: 00-" + _sha("tp", 32) + "-" + _sha("sp", 16) + "-01", "X-Amzn-Trace-Id: Root=1-" + _sha("am", 8) + "-" + _sha("am2", 24), "Authorization: Bearer $TOKEN"),
    request("/repos/" + _sha("repo") + "/blob/" + _id("blob", 43), "Accept-Encoding: gzip, br", "X-Key-Name: primary", "X-Token-Type: bearer"),
]  # fmt: skip

ANSWERS = [
    response(b"{}", "Set-Cookie: lang=en; Path=/", "Set-Cookie: theme=dark-mode; Max-Age=31536000", 'ETag: W/"' + _sha("w", 32) + '"'),
    response(b"{}", "WWW-Authenticate: Bearer realm=\"api\", error=\"invalid_token\"", "Vary: Authorization, Cookie", "Access-Control-Allow-Headers: Authorization, X-Api-Key"),
    response(b"{}", "Digest: SHA-256=" + base64.b64encode(hashlib.sha256(b"d").digest()).decode(), "X-Goog-Hash: crc32c=" + _id("crc", 6) + "==", "Content-MD5: " + base64.b64encode(hashlib.md5(b"x").digest()).decode(), "CF-Ray: " + _sha("ray", 16) + "-FRA"),
    response(b"{}", "X-RateLimit-Limit-Tokens: 200000", "X-RateLimit-Remaining-Tokens: 199000", "openai-processing-ms: 12", "X-Session-Duration: 12"),
]  # fmt: skip


def pages():
    """The exchanges, each with the name of what is special about it."""
    ok = response(b'{"ok": true}')
    found = []
    for n, data in enumerate(JSON):
        body = json.dumps(data, separators=[(",", ":"), (", ", ": ")][n % 2]).encode()
        found.append((f"JSON {n}", request(), response(body)))
    for n, (kind, text) in enumerate(TEXTS):
        found.append((f"{kind} {n}", request(), response(text.encode(), kind=kind)))
    found += [(f"request {n}", sent, ok) for n, sent in enumerate(REQUESTS)]
    found += [(f"answer {n}", request(), answer) for n, answer in enumerate(ANSWERS)]
    return found
