"""Shapes: tokens that tell by their looks what they are, wherever they stand.

This module is data. A line has the name of the shape, the bytes that it may start with (none where
that may be any), a pattern, and where its vendor or a standard describes it. The first group of a
pattern is what stays when the token is masked: it says what kind of token it was, and programs look
at it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

# ruff: noqa: E501 - a line of the table is a line


class Shape(NamedTuple):
    """One kind of token.

    Attributes:
        rule: Its name, as a cassette lists it.
        pattern: What it looks like, from its first byte on; the first group stays.
    """

    rule: str
    pattern: re.Pattern[bytes]


_TABLE: Final = (
    ("github token", "g", r"(gh[pousr]_)\w{30,255}", "docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github"),
    ("github fine-grained", "g", r"(github_pat_)\w{50,255}", "docs.github.com/authentication (as above)"),
    ("gitlab token", "g", r"(gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|oas|ffct|wt|pat-[a-z]+)-)[\w.-]{18,255}", "docs.gitlab.com/security/tokens/#token-prefixes"),
    ("gitlab runner", "G", r"(GR1348941)[\w-]{20,60}", "docs.gitlab.com/security/tokens"),
    ("slack token", "x", r"(xox[abeoprs](?:\.xox[bp])?-)[\w%-]{10,255}", "api.slack.com/authentication/token-types"),
    ("slack app token", "x", r"(xapp-)[\w-]{20,255}", "api.slack.com/authentication/token-types"),
    ("stripe key", "rs", r"((?:sk|rk)_(?:live|test|prod)_)\w{10,255}", "docs.stripe.com/keys"),
    ("stripe webhook secret", "w", r"(whsec_)[\w+/=-]{16,255}", "docs.stripe.com/webhooks"),
    ("aws access key", "A", r"(A(?:KIA|SIA|BIA|CCA))[A-Z2-7]{16}(?![A-Za-z0-9])", "docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"),
    ("aws bedrock key", "A", r"(ABSK)[A-Za-z0-9+/=]{60,200}", "docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html"),
    ("google api key", "A", r"(AIza)[\w-]{35}(?![\w-])", "cloud.google.com/docs/authentication/api-keys"),
    ("google oauth token", "y", r"(ya29\.)[\w.-]{20,2048}", "developers.google.com/identity/protocols/oauth2"),
    ("google refresh token", "1", r"(1//0)[\w-]{30,255}", "developers.google.com/identity/protocols/oauth2"),
    ("google client secret", "G", r"(GOCSPX-)[\w-]{20,60}", "developers.google.com/identity/protocols/oauth2"),
    ("google auth code", "4", r"(4/[01][\w-])[\w-]{30,255}", "developers.google.com/identity/protocols/oauth2"),
    ("firebase messaging key", "A", r"(AAAA)[\w-]{7}:[\w-]{120,200}", "firebase.google.com/docs/cloud-messaging"),
    ("openai key", "s", r"(sk-(?:proj-|svcacct-|admin-|None-)?)(?=[\w-]*\d)[\w-]{20,255}", "platform.openai.com/docs/api-reference/authentication"),
    ("anthropic key", "s", r"(sk-ant-(?:api|admin|oat|ort|sid)\d\d-)[\w-]{20,255}", "docs.anthropic.com/en/api/getting-started"),
    ("openrouter key", "s", r"(sk-or-v1-)[0-9a-f]{40,80}", "openrouter.ai/docs/api-reference/authentication"),
    ("hugging face token", "ah", r"((?:hf|api_org)_)[A-Za-z0-9]{28,60}", "huggingface.co/docs/hub/security-tokens"),
    ("groq key", "g", r"(gsk_)[A-Za-z0-9]{40,80}", "console.groq.com/docs/quickstart"),
    ("perplexity key", "p", r"(pplx-)[A-Za-z0-9]{40,80}", "docs.perplexity.ai"),
    ("replicate token", "r", r"(r8_)[A-Za-z0-9]{30,60}", "replicate.com/docs/reference/http"),
    ("xai key", "x", r"(xai-)[A-Za-z0-9]{60,100}", "docs.x.ai"),
    ("langsmith key", "l", r"(ls(?:v2_(?:pt|sk)_|__))[0-9a-f_]{32,60}", "docs.smith.langchain.com"),
    ("pinecone key", "p", r"(pcsk_)[A-Za-z0-9_]{40,90}", "docs.pinecone.io"),
    ("elevenlabs key", "s", r"(sk_)[0-9a-f]{40,64}(?![A-Za-z0-9])", "elevenlabs.io/docs/api-reference/authentication"),
    ("tavily key", "t", r"(tvly-)[\w-]{20,60}", "docs.tavily.com"),
    ("nvidia key", "n", r"(nvapi-)[\w-]{40,90}", "docs.api.nvidia.com"),
    ("npm token", "n", r"(npm_)[A-Za-z0-9]{30,60}", "docs.npmjs.com/about-access-tokens"),
    ("pypi token", "p", r"(pypi-)[\w-]{50,255}", "pypi.org/help/#apitoken"),
    ("rubygems key", "r", r"(rubygems_)[0-9a-f]{40,60}", "guides.rubygems.org/api-key-scopes"),
    ("crates.io token", "c", r"(cio)[A-Za-z0-9]{32}(?![A-Za-z0-9])", "doc.rust-lang.org/cargo/reference/publishing.html"),
    ("nuget key", "o", r"(oy2)[a-z0-9]{43}(?![A-Za-z0-9])", "learn.microsoft.com/nuget/nuget-org/scoped-api-keys"),
    ("clojars token", "C", r"(CLOJARS_)[a-z0-9]{60}", "github.com/clojars/clojars-web/wiki/Deploy-Tokens"),
    ("docker token", "d", r"(dckr_(?:pat|oat)_)[\w-]{20,60}", "docs.docker.com/security/access-tokens"),
    ("sendgrid key", "S", r"(SG\.)[\w-]{16,32}\.[\w-]{30,64}", "docs.sendgrid.com/ui/account-and-settings/api-keys"),
    ("sendinblue key", "x", r"(xkeysib-)[0-9a-f]{64}-[A-Za-z0-9]{16}", "developers.brevo.com"),
    ("mailgun key", "k", r"(key-)[0-9a-f]{32}(?![A-Za-z0-9])", "documentation.mailgun.com"),
    ("mailchimp key", "", r"()[0-9a-f]{32}-us\d{1,2}(?![A-Za-z0-9])", "mailchimp.com/developer/marketing/guides/quick-start"),
    ("postmark token", "P", r"(POSTMARK_)[\w-]{16,60}", "postmarkapp.com/developer"),
    ("resend key", "r", r"(re_)[A-Za-z0-9]{8}_[A-Za-z0-9]{20,40}", "resend.com/docs/api-reference"),
    ("twilio key", "S", r"(SK)[0-9a-f]{32}(?![A-Za-z0-9])", "www.twilio.com/docs/iam/api-keys"),
    ("digitalocean token", "d", r"(do[oprs]_v1_)[0-9a-f]{60,70}", "docs.digitalocean.com/reference/api/create-personal-access-token"),
    ("telegram bot token", "", r"(\d{8,10}:)[\w-]{35}(?![\w-])", "core.telegram.org/bots/api#authorizing-your-bot"),
    ("discord bot token", "MNO", r"()[MNO][\w-]{22,28}\.[\w-]{6}\.[\w-]{27,45}(?![\w-])", "discord.com/developers/docs/reference#authentication"),
    ("discord mfa token", "m", r"(mfa\.)[\w-]{80,100}", "discord.com/developers/docs"),
    ("shopify token", "s", r"(shp(?:at|ca|pa|ss|ua|rt|ka)_)[0-9a-fA-F]{30,60}", "shopify.dev/docs/apps/auth"),
    ("square token", "E", r"(EAAA)[\w-]{56,64}(?![\w-])", "developer.squareup.com/docs/build-basics/access-tokens"),
    ("square secret", "s", r"(sq0(?:csp|atp|idp|acc)-)[\w-]{20,60}", "developer.squareup.com (as above)"),
    ("facebook token", "E", r"(EAA)(?=[A-Za-z]*\d)[A-Za-z0-9]{80,255}", "developers.facebook.com/docs/facebook-login/guides/access-tokens"),
    ("paypal braintree", "a", r"(access_token\$(?:production|sandbox)\$)[0-9a-z]{16}\$[0-9a-f]{32}", "developer.paypal.com/braintree/docs"),
    ("flutterwave key", "F", r"(FLWSECK(?:_TEST)?-)[0-9A-Za-z-]{32,50}", "developer.flutterwave.com/docs/authentication"),
    ("razorpay key", "r", r"(rzp_(?:live|test)_)[A-Za-z0-9]{14,24}", "razorpay.com/docs/api/authentication"),
    ("databricks token", "d", r"(dapi)[0-9a-f]{32}(?:-\d)?(?![A-Za-z0-9])", "docs.databricks.com/dev-tools/auth/pat"),
    ("doppler token", "d", r"(dp\.(?:pt|ct|st|sa|scim|audit)\.)[\w.-]{40,64}", "docs.doppler.com/docs/service-tokens"),
    ("vault token", "h", r"(hv[sbr]\.)[\w-]{24,255}", "developer.hashicorp.com/vault/docs/concepts/tokens"),
    ("terraform token", "", r"()[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,70}", "developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens"),
    ("pulumi token", "p", r"(pul-)[0-9a-f]{40}(?![A-Za-z0-9])", "www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens"),
    ("grafana token", "g", r"(gl(?:sa|c)_)[\w+/=]{32,400}", "grafana.com/docs/grafana/latest/administration/service-accounts"),
    ("new relic key", "N", r"(NR(?:AK|II|RA|JS)-)[A-Z0-9a-f-]{18,60}", "docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys"),
    ("new relic license", "", r"()[0-9a-f]{36}(?:NRAL|FFFF)(?![A-Za-z0-9])", "docs.newrelic.com (as above)"),
    ("sentry token", "s", r"(sntr(?:ys|yu)_)[\w+/=]{40,400}", "docs.sentry.io/api/guides/create-auth-token"),
    ("dynatrace token", "d", r"(dt0[a-z]\d\d\.)[A-Z0-9]{24}\.[A-Z0-9]{64}", "docs.dynatrace.com/docs/dynatrace-api/basics/dynatrace-api-authentication"),
    ("linear key", "l", r"(lin_(?:api|oauth)_)[A-Za-z0-9]{32,64}", "linear.app/developers"),
    ("notion token", "ns", r"((?:secret|ntn)_)(?=\w*\d)[A-Za-z0-9]{40,60}(?![A-Za-z0-9])", "developers.notion.com/docs/authorization"),
    ("figma token", "f", r"(fig[doru]_)[\w-]{30,60}", "www.figma.com/developers/api#access-tokens"),
    ("postman key", "P", r"(PMAK-)[0-9a-f]{24}-[0-9a-f]{34}", "learning.postman.com/docs/developer/postman-api/authentication"),
    ("airtable token", "p", r"(pat)[A-Za-z0-9]{14}\.[0-9a-f]{64}", "airtable.com/developers/web/guides/personal-access-tokens"),
    ("asana token", "012", r"([012]/\d{12,18}(?:/\d{12,18})?:)[0-9a-f]{32}(?![A-Za-z0-9])", "developers.asana.com/docs/personal-access-token"),
    ("atlassian token", "A", r"(AT(?:ATT3|CTT3|BB))[\w=-]{20,400}", "support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account"),
    ("hubspot token", "p", r"(pat-(?:na|eu|ap)\d-)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "developers.hubspot.com/docs/api/private-apps"),
    ("intercom token", "d", r"(dG9r)(?:On|Oj)[\w=-]{40,80}", "developers.intercom.com/docs/build-an-integration/learn-more/authentication"),
    ("zendesk token", "z", r"(zd_)[A-Za-z0-9]{30,60}", "developer.zendesk.com/api-reference/introduction/security-and-auth"),
    ("contentful token", "C", r"(CFPAT-)[\w-]{40,50}", "www.contentful.com/developers/docs/references/authentication"),
    ("mapbox secret", "s", r"(sk\.eyJ)[\w.-]{30,255}", "docs.mapbox.com/api/accounts/tokens"),
    ("planetscale token", "p", r"(pscale_(?:tkn|pw|oauth)_)[\w.=-]{32,64}", "planetscale.com/docs/reference/service-tokens"),
    ("supabase token", "s", r"(sb(?:p|_secret)_)[\w-]{20,64}", "supabase.com/docs/guides/api/api-keys"),
    ("neon token", "n", r"(napi_)[a-z0-9]{50,80}", "neon.com/docs/manage/api-keys"),
    ("render key", "r", r"(rnd_)[A-Za-z0-9]{28,48}", "render.com/docs/api"),
    ("fly token", "f", r"(f(?:o1_|m1r_|m1a_|m2_))[\w+/=-]{40,2048}", "fly.io/docs/security/tokens"),
    ("heroku token", "H", r"(HRKU-)[\w-]{36,80}", "devcenter.heroku.com/articles/authentication"),
    ("netlify token", "n", r"(nfp_)[A-Za-z0-9]{36,50}", "docs.netlify.com/api/get-started"),
    ("vercel token", "v", r"(vc[pikra]_)[A-Za-z0-9]{24,80}", "vercel.com/docs/rest-api"),
    ("cloudflare ca key", "v", r"(v1\.0-)[0-9a-f]{24}-[0-9a-f]{146}", "developers.cloudflare.com/fundamentals/api"),
    ("circleci token", "C", r"(CC(?:IPAT|IPRJ)_)[A-Za-z0-9]{22}_[0-9a-f]{40}", "circleci.com/docs/managing-api-tokens"),
    ("buildkite token", "b", r"(bk(?:ua|pat|ct|at)_)[0-9a-f]{32,64}", "buildkite.com/docs/apis/managing-api-tokens"),
    ("codecov token", "c", r"(codecov_)[\w-]{30,60}", "docs.codecov.com"),
    ("sonar token", "s", r"(sq[aup]_)[0-9a-f]{40}(?![A-Za-z0-9])", "docs.sonarsource.com/sonarqube/latest/user-guide/managing-tokens"),
    ("snyk token", "s", r"(snyk_(?:uat|sat)\.)[0-9a-f]{8}\.[\w-]{20,255}", "docs.snyk.io/snyk-api/authentication-for-api"),
    ("readme key", "r", r"(rdme_)[a-z0-9]{60,80}", "docs.readme.com/main/reference/intro"),
    ("launchdarkly key", "ams", r"((?:sdk|api|mob)-)[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", "docs.launchdarkly.com/home/account/api"),
    ("posthog key", "p", r"(phx_)[A-Za-z0-9]{40,60}", "posthog.com/docs/api"),
    ("prefect key", "p", r"(pn[uba]_)[A-Za-z0-9]{36}(?![A-Za-z0-9])", "docs.prefect.io"),
    ("scalingo token", "t", r"(tk-us-)[\w-]{40,60}", "developers.scalingo.com"),
    ("shippo token", "s", r"(shippo_(?:live|test)_)[0-9a-f]{36,50}", "docs.goshippo.com/docs/guides_general/authentication"),
    ("easypost key", "E", r"(EZ[AT]K)[A-Za-z0-9]{54}", "docs.easypost.com/docs/authentication"),
    ("lob key", "lt", r"((?:live|test)_)[0-9a-f]{35}(?![A-Za-z0-9])", "docs.lob.com"),
    ("dropbox token", "s", r"(sl\.(?:u\.)?)[\w-]{60,2048}", "www.dropbox.com/developers/documentation"),
    ("yandex token", "y", r"(y[0-3]_)[\w-]{40,120}", "yandex.com/dev/id/doc/en"),
    ("yandex cloud", "At", r"(AQVN|t1\.[A-Z0-9a-z_-]+=*\.)[\w=-]{35,200}", "yandex.cloud/en/docs/iam/concepts/authorization"),
    ("alibaba access key", "L", r"(LTAI)[A-Za-z0-9]{12,26}(?![A-Za-z0-9])", "www.alibabacloud.com/help/en/ram"),
    ("tencent secret id", "A", r"(AKID)[A-Za-z0-9]{32}(?![A-Za-z0-9])", "www.tencentcloud.com/document/product/598"),
    ("microsoft client secret", "", r"()[\w~.-]{3}[78]Q~[\w~.-]{31,34}(?![\w~-])", "learn.microsoft.com/entra/identity-platform"),
    ("azure devops token", "", r"()[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?![A-Za-z0-9])", "learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate"),
    ("age secret key", "A", r"(AGE-SECRET-KEY-1)[A-Z0-9]{50,70}", "age-encryption.org/v1"),
    ("onepassword token", "o", r"(ops_)eyJ[\w=]{100,2048}", "developer.1password.com/docs/service-accounts"),
    ("adobe client secret", "p", r"(p8e-)[A-Za-z0-9]{32}(?![A-Za-z0-9])", "developer.adobe.com/developer-console/docs/guides/authentication"),
    ("defined networking", "d", r"(dnkey-)[\w=-]{26}-[\w=-]{52}", "docs.defined.net"),
    ("duffel token", "d", r"(duffel_(?:live|test)_)[\w-]{40,50}", "duffel.com/docs/api/overview/authentication"),
    ("plaid access token", "a", r"(access-(?:sandbox|development|production)-)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "plaid.com/docs/api"),
    ("jfrog token", "c", r"(cm(?:Vmd|VmdGtuO))[A-Za-z0-9]{56,70}(?![A-Za-z0-9])", "jfrog.com/help"),
    ("jfrog key", "A", r"(AKCp)[A-Za-z0-9]{60,75}(?![A-Za-z0-9])", "jfrog.com/help"),
    ("infracost key", "i", r"(ico-)[A-Za-z0-9]{32}(?![A-Za-z0-9])", "www.infracost.io/docs"),
    ("typeform token", "t", r"(tfp_)[\w-]{40,60}", "www.typeform.com/developers/get-started/personal-access-token"),
    ("frameio token", "f", r"(fio-u-)[\w=-]{60,70}", "developer.frame.io"),
    ("tailscale key", "t", r"(tskey-(?:auth|api|client|scim|webhook)?-?)[\w-]{16,70}", "tailscale.com/kb/1085/auth-keys"),
    ("ngrok token", "2", r"()2[A-Za-z0-9]{26}_[A-Za-z0-9]{21,22}(?![A-Za-z0-9])", "ngrok.com/docs/agent/#authtokens"),
    ("okta token", "0", r"(00)[\w-]{40}(?![\w-])", "developer.okta.com/docs/guides/create-an-api-token"),
    ("jwt", "e", r"()eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*(?:\.[\w-]+){0,2}", "RFC 7519, section 3; RFC 7516, section 3.1"),
)  # fmt: skip


@cache
def shapes() -> dict[int, list[Shape]]:
    """Return the shapes that a token may have, by its first byte; a byte with none is missing."""
    found: dict[int, list[Shape]] = {}
    for rule, starts, pattern, _ in _TABLE:
        shape = Shape(rule, re.compile(pattern.encode()))
        for start in starts.encode() or _ALPHABET:
            found.setdefault(start, []).append(shape)
    return found


_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
