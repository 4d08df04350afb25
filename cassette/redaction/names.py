"""Names of fields that hold credentials, and how names are compared.

Names are compared whole, without regard to case, ``-``, ``_`` and ``.``: ``accessToken``,
``access-token`` and ``ACCESS_TOKEN`` are one name, while ``max_tokens`` and ``next_page_token``
are other names. Looking for parts of names would hide too much: a masked page token breaks paging.
"""

from __future__ import annotations

from typing import Final

_IGNORED: Final = "-_."

_STRIP: Final = str.maketrans("", "", _IGNORED)

_HEADERS: Final = """
    Authorization  Proxy-Authorization  X-Authorization  X-Amz-Security-Token  X-Auth-Token
    Cookie  Set-Cookie  Cookie2  Set-Cookie2  X-Auth-Key  X-Auth  X-Token  X-Access-Token
    X-Session-Token  X-Session-Id  X-User-Token  X-Api-Key  X-API-Token  X-API-Secret  X-App-Key
    X-App-Secret  X-Client-Secret  X-Secret-Key  X-CSRF-Token  X-XSRF-Token  X-CSRFToken
    CSRF-Token  XSRF-Token  X-Id-Token  X-Refresh-Token  Private-Token  Job-Token  Deploy-Token
    X-Gitlab-Token  X-GitHub-Token  X-Vault-Token  X-Consul-Token  X-Goog-Api-Key
    X-Goog-IAM-Authorization-Token  X-Rh-Identity  X-Subject-Token  X-Shopify-Access-Token
    X-Plex-Token  X-Figma-Token  X-Airtable-Api-Key  X-Storage-Token  X-Service-Token
    X-Emby-Token  X-Redmine-API-Key  X-Postmark-Server-Token  X-ApiKey  X-Postmark-Account-Token
    X-Dropbox-Api-Key  X-JFrog-Art-Api  X-Functions-Key  X-NCP-IAM-Secret
    X-Cisco-Meraki-API-Key  X-Cassandra-Token  X-Algolia-API-Key  X-RapidAPI-Key  X-Mashape-Key
    X-Parse-REST-API-Key  X-Parse-Master-Key  X-Parse-Session-Token  X-Twilio-Signature
    X-Hub-Signature  X-Hub-Signature-256  X-Slack-Signature  X-Signature  Stripe-Signature
    Ocp-Apim-Subscription-Key  Subscription-Key  CF-Access-Client-Secret
    CF-Access-Jwt-Assertion  Fastly-Key  DD-API-KEY  DD-APPLICATION-KEY  Api-Key  APIKEY
    Auth-Token  Access-Token  X-MS-Client-Principal  X-ZUMO-AUTH  X-Forwarded-Access-Token
    X-Amzn-Oidc-Data  X-Amzn-Oidc-Accesstoken  Grpc-Metadata-Authorization
    Sec-WebSocket-Protocol-Token
"""

_FIELDS: Final = """
    access_token  refresh_token  id_token  auth_token  authentication_token  oauth_token
    oauth_token_secret
    oauth_verifier  oauth_signature  oauth_consumer_secret  bearer_token  bearer  token
    api_token  user_token  session_token  security_token  device_token  push_token  bot_token
    personal_access_token  private_token  csrf_token  xsrf_token  csrfmiddlewaretoken  csrf
    xsrf  authenticity_token  __RequestVerificationToken  request_verification_token  jwt
    jwt_token  client_token  login_token  secret_token  service_token  service_account_token
    account_token  registration_token  reset_token  password_reset_token  confirmation_token
    remember_token  web_token  app_token  web_identity_token  subject_token  actor_token
    sso_token  mfa_token  two_factor_token  master_token  root_token  admin_token  github_token
    gitlab_token  slack_token  discord_token  webhook_secret  signing_secret  shared_secret
    hmac_secret  client_secret  client_assertion  assertion  SAMLResponse  code_verifier
    device_code  consumer_secret  app_secret  api_secret  api_secret_key  application_secret
    secret  secret_key  secret_access_key  secret_value  secret_string  secret_binary
    session_secret  jwt_secret  totp_secret  otp_secret  password  passwd  passwort  pwd  pass
    passphrase  passcode  user_password  new_password  old_password  current_password
    confirm_password  password_confirmation  password1  password2  db_password
    database_password  admin_password  root_password  smtp_password  proxy_password
    ftp_password  master_password  master_user_password  login_password  password_hash  userpass
    api_key  apikey  app_key  application_key  access_key  access_key_id  aws_access_key_id
    aws_secret_access_key  aws_session_token  account_key  storage_key  master_key  shared_key
    private_key  private_key_id  private_key_pem  signing_key  encryption_key  client_key
    auth_key  authorization_key  subscription_key  license_key  service_key  server_key  ssh_key
    ssh_private_key  rsa_private_key  deploy_key  webhook_key  connection_string  session_id
    sessionid  jsessionid  phpsessid  session_key  session_cookie  authorization  auth
    credential  X-Amz-Credential  X-Amz-Signature  X-Amz-Security-Token  AWSAccessKeyId
    X-Goog-Signature  X-Goog-Credential  signature  sig  hmac  otp  totp  mfa_code  otp_code
    verification_code  recovery_code  recovery_codes  backup_codes  sas_token  kubeconfig
"""


def normal_name(name: str) -> str:
    """Return how a name is compared.

    Lower case, without ``-``, ``_`` and ``.``; of ``user[password]``, the last part in brackets.
    """
    if name.endswith("]"):
        name = name[:-1].rpartition("[")[2] or name.partition("[")[0]
    return name.lower().translate(_STRIP)


DEFAULT_NAMES: Final = frozenset(map(normal_name, (_HEADERS + _FIELDS).split()))
"""The names that are hidden where nothing else is said, each in its normal form."""

STRING_NAMES: Final = frozenset({"assertion", "clientassertion"})
"""Names under which only a string is a credential (RFC 7521, section 4), in their normal form.

Bibliographic and identity services call other things an assertion, and these are arrays and
objects of public facts.
"""

CODING_NAMES: Final = frozenset({"contentencoding", "transferencoding"})
"""Names of the fields that say that a body does not show its words, in their normal form."""
