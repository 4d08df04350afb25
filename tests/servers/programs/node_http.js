// The routes of servers/calls.py on node's own http and https modules.
// Arguments: descriptor of the plain listener, of the TLS listener, certificate chain, private key.
"use strict";

const fs = require("fs");
const http = require("http");
const https = require("https");
const zlib = require("zlib");

const [plain, secure, chain, key] = process.argv.slice(2);

const json = '{"name": "cassette", "sides": ["A", "B"], "tracks": 12, "rewound": true}\n';
const pieces = ["first piece\n", "second piece\n", "third and last piece\n"];
const events = ["event: tick\ndata: one\n\n", "data: two\n\n"];
const rpc =
  "<?xml version='1.0'?>\n<methodResponse><params><param><value><int>5</int></value></param></params></methodResponse>\n";
const lines = (count, text) =>
  Array.from({ length: count }, (_, n) => `${String(n).padStart(5, "0")} ${text}\n`).join("");
const page = lines(40, "the quick brown fox jumps over the lazy dog");
const large = lines(4000, "a line of a body that needs many reads");

function fixed(response, type, body, headers = {}) {
  response.writeHead(200, { "Content-Type": type, "Content-Length": Buffer.byteLength(body), ...headers });
  response.end(body);
}

async function stream(response, type, parts) {
  response.writeHead(200, { "Content-Type": type, Trailer: "X-Parts" });
  for (const part of parts) {
    await new Promise((sent) => response.write(part, sent));
  }
  response.addTrailers({ "X-Parts": String(parts.length) });
  response.end();
}

const routes = {
  "/json": (_, response) => fixed(response, "application/json", json),
  "/stream": (_, response) => stream(response, "text/plain", pieces),
  "/events": (_, response) => stream(response, "text/event-stream", events),
  "/gzip": (_, response) => fixed(response, "text/plain", zlib.gzipSync(page), { "Content-Encoding": "gzip" }),
  "/redirect": (_, response) => response.writeHead(302, { Location: "/json", "Content-Length": 0 }).end(),
  "/empty": (_, response) => response.writeHead(204).end(),
  "/cached": (request, response) => {
    if (request.headers["if-none-match"]) {
      response.writeHead(304, { ETag: '"side-a"' }).end();
    } else {
      fixed(response, "text/plain", page, { ETag: '"side-a"' });
    }
  },
  "/echo": (request, response) => {
    const received = [];
    request.on("data", (data) => received.push(data));
    request.on("end", () => fixed(response, request.headers["content-type"] || "", Buffer.concat(received)));
  },
  "/large": (_, response) => fixed(response, "text/plain", large),
  "/cookie": (_, response) =>
    fixed(response, "text/plain", "cookies\n", {
      "Set-Cookie": ["theme=dark; Path=/", "volume=11; Path=/; HttpOnly"],
    }),
  "/close": (_, response) => {
    response.useChunkedEncodingByDefault = false;
    response.shouldKeepAlive = false;
    response.writeHead(200, { "Content-Type": "text/plain", Connection: "close" });
    response.end("a body that ends where the connection ends\n");
  },
  "/rpc": (request, response) => {
    request.resume();
    request.on("end", () => fixed(response, "text/xml", rpc));
  },
};

function answer(request, response) {
  const route = routes[request.url.split("?")[0]];
  if (route) {
    route(request, response);
  } else {
    response.writeHead(404, { "Content-Type": "text/plain", "Content-Length": 8 }).end("no tape\n");
  }
}

http.createServer(answer).listen({ fd: Number(plain) });
https.createServer({ cert: fs.readFileSync(chain), key: fs.readFileSync(key) }, answer).listen({ fd: Number(secure) });
