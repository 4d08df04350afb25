"""What people write with the SDKs, sync and async: each returns all that it has read."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

SECRET = "sk-proj-x9Qv2Lr7Tn4Ks8Wd1Zb6Yc3M"
"""The credential of every program: none of it may stand in a cassette."""

ASKED = [{"role": "user", "content": "Sag etwas"}]


class Program(NamedTuple):
    """A program and what it needs.

    Attributes:
        package: The SDK, as the package index calls it.
        what: What it does, in words.
        run: Called with the URL of the service; returns what was read.
        server: ``http``, ``unix``, ``mcp``, ``sse`` or ``s3``.
        pieces: Whether what it reads is a stream.
        timing: How it is replayed; None for at once.
    """

    package: str
    what: str
    run: Callable[[str], object]
    server: str = "http"
    pieces: bool = False
    timing: str | None = None


def openai_sync(url):
    import openai

    with openai.OpenAI(api_key=SECRET, base_url=f"{url}/v1", max_retries=0) as client:
        answer = client.chat.completions.create(model="m", messages=ASKED)
    return answer.choices[0].message.content


def openai_stream(url):
    import openai

    with openai.OpenAI(api_key=SECRET, base_url=f"{url}/v1", max_retries=0) as client:
        events = client.chat.completions.create(model="m", messages=ASKED, stream=True)
        return [event.choices[0].delta.content for event in events]


async def openai_async(url):
    import openai

    async with openai.AsyncOpenAI(api_key=SECRET, base_url=f"{url}/v1", max_retries=0) as client:
        answer = await client.chat.completions.create(model="m", messages=ASKED)
    return answer.choices[0].message.content


async def openai_async_stream(url):
    import openai

    async with openai.AsyncOpenAI(api_key=SECRET, base_url=f"{url}/v1", max_retries=0) as client:
        events = await client.chat.completions.create(model="m", messages=ASKED, stream=True)
        return [event.choices[0].delta.content async for event in events]


def anthropic_sync(url):
    import anthropic

    with anthropic.Anthropic(api_key=SECRET, base_url=url, max_retries=0) as client:
        answer = client.messages.create(model="m", max_tokens=9, messages=ASKED)
    return answer.content[0].text


def anthropic_stream(url):
    import anthropic

    with (
        anthropic.Anthropic(api_key=SECRET, base_url=url, max_retries=0) as client,
        client.messages.stream(model="m", max_tokens=9, messages=ASKED) as stream,
    ):
        return list(stream.text_stream)


async def anthropic_async(url):
    import anthropic

    async with anthropic.AsyncAnthropic(api_key=SECRET, base_url=url, max_retries=0) as client:
        answer = await client.messages.create(model="m", max_tokens=9, messages=ASKED)
    return answer.content[0].text


async def anthropic_async_stream(url):
    import anthropic

    async with (
        anthropic.AsyncAnthropic(api_key=SECRET, base_url=url, max_retries=0) as client,
        client.messages.stream(model="m", max_tokens=9, messages=ASKED) as stream,
    ):
        return [text async for text in stream.text_stream]


def _google(url):
    from google import genai

    return genai.Client(api_key=SECRET, http_options={"base_url": url})


def google_sync(url):
    client = _google(url)
    return client.models.generate_content(model="m", contents="Sag etwas").text


def google_stream(url):
    client = _google(url)
    events = client.models.generate_content_stream(model="m", contents="Sag etwas")
    return [event.text for event in events]


async def google_async(url):
    client = _google(url).aio
    answer = await client.models.generate_content(model="m", contents="Sag etwas")
    await client.aclose()
    return answer.text


async def google_async_stream(url):
    client = _google(url).aio
    events = await client.models.generate_content_stream(model="m", contents="Sag etwas")
    seen = [event.text async for event in events]
    await client.aclose()
    return seen


async def mcp_streamable(url):
    import mcp

    async with mcp.Client(url) as client:
        tools = await client.list_tools()
        answer = await client.call_tool("price", {"name": "Käse"})
    return [tool.name for tool in tools.tools], answer.content[0].text


async def mcp_sse(url):
    import mcp
    from mcp.client.sse import sse_client

    async with sse_client(url) as streams, mcp.ClientSession(*streams) as session:
        await session.initialize()
        tools = await session.list_tools()
        answer = await session.call_tool("price", {"name": "Käse"})
    return [tool.name for tool in tools.tools], answer.content[0].text


def _stripe(url, **options):
    import stripe

    return stripe.StripeClient(SECRET, base_addresses={"api": url}, **options)


def stripe_sync(url):
    customers = _stripe(url).v1.customers
    made = customers.create({"email": "a@example.com"})
    return made.id, customers.retrieve(made.id).email


async def stripe_async(url):
    import stripe

    connections = stripe.HTTPXClient()
    customers = _stripe(url, http_client=connections).v1.customers
    made = await customers.create_async({"email": "a@example.com"})
    found = await customers.retrieve_async(made.id)
    await connections.close_async()
    return made.id, found.email


def slack_sync(url):
    import slack_sdk

    client = slack_sdk.WebClient(SECRET, base_url=f"{url}/api/")
    return client.chat_postMessage(channel="C1", text="hello").data


async def slack_async(url):
    from slack_sdk.web.async_client import AsyncWebClient

    client = AsyncWebClient(SECRET, base_url=f"{url}/api/")
    return (await client.chat_postMessage(channel="C1", text="hello")).data


def elasticsearch_sync(url):
    import elasticsearch

    with elasticsearch.Elasticsearch(url, api_key=SECRET) as client:
        client.index(index="things", document={"name": "Käse"})
        return client.search(index="things", query={"match_all": {}}).body


async def elasticsearch_async(url):
    import elasticsearch

    async with elasticsearch.AsyncElasticsearch(url, api_key=SECRET) as client:
        await client.index(index="things", document={"name": "Käse"})
        return (await client.search(index="things", query={"match_all": {}})).body


async def aiobotocore_s3(url):
    from aiobotocore.session import get_session

    keys = {"aws_access_key_id": "AKIA0000000000000000", "aws_secret_access_key": SECRET}
    session = get_session()
    async with session.create_client("s3", "us-east-1", endpoint_url=url, **keys) as client:
        await client.create_bucket(Bucket="things")
        await client.put_object(Bucket="things", Key="a/ü", Body=b"\x00\xff" * 500)
        got = await client.get_object(Bucket="things", Key="a/ü")
        async with got["Body"] as body:
            return await body.read()


def docker_sync(url):
    import docker

    client = docker.DockerClient(base_url=url, version="auto")
    try:
        return [one["Id"] for one in client.api.containers()]
    finally:
        client.close()


def kubernetes_watch(url):
    from kubernetes import client, watch

    configuration = client.Configuration(host=url, api_key={"authorization": f"Bearer {SECRET}"})
    with client.ApiClient(configuration) as api:
        pods = client.CoreV1Api(api)
        listed = [pod.metadata.name for pod in pods.list_namespaced_pod("default").items]
        seen = watch.Watch().stream(pods.list_namespaced_pod, "default", timeout_seconds=1)
        return listed, [(one["type"], one["object"].metadata.name) for one in seen]


PROGRAMS = [
    Program("openai", "a completion", openai_sync),
    Program("openai", "a completion, streamed", openai_stream, pieces=True),
    Program("openai", "a completion, asyncio", openai_async),
    Program("openai", "a completion, streamed, asyncio", openai_async_stream, pieces=True),
    Program("anthropic", "a message", anthropic_sync),
    Program("anthropic", "a message, streamed", anthropic_stream, pieces=True),
    Program("anthropic", "a message, asyncio", anthropic_async),
    Program("anthropic", "a message, streamed, asyncio", anthropic_async_stream, pieces=True),
    Program("google-genai", "content", google_sync),
    Program("google-genai", "content, streamed", google_stream, pieces=True),
    Program("google-genai", "content, asyncio", google_async),
    Program("google-genai", "content, streamed, asyncio", google_async_stream, pieces=True),
    Program("mcp", "a tool, streamable HTTP", mcp_streamable, "mcp"),
    Program("mcp", "a tool, SSE", mcp_sse, "sse", pieces=True, timing="recorded"),
    Program("stripe", "a customer", stripe_sync),
    Program("stripe", "a customer, asyncio", stripe_async),
    Program("slack_sdk", "a message", slack_sync),
    Program("slack_sdk", "a message, asyncio", slack_async),
    Program("elasticsearch", "a search", elasticsearch_sync),
    Program("elasticsearch", "a search, asyncio", elasticsearch_async),
    Program("aiobotocore", "an object of S3", aiobotocore_s3, "s3"),
    Program("docker", "the containers, over a Unix socket", docker_sync, "unix"),
    Program("kubernetes", "a watch", kubernetes_watch, pieces=True),
]


def run(program, url):
    """Run a program; return what it has read."""
    read = program.run(url)
    return asyncio.run(read) if asyncio.iscoroutine(read) else read
