/** Requests to the proxy, as a client that wants to get elsewhere might write them. */
import { codeCommitHost } from "../../../facts/hosts";

export const host = codeCommitHost("eu-west-1");
const evil = "evil.test";

/** Each request's bytes by what it is. Those that squid waits for the rest of are not among them. */
export const requests: ReadonlyMap<string, string> = new Map([
  ...targets().map(
    (target) =>
      [`CONNECT ${target.slice(0, 80)}`, `CONNECT ${target} HTTP/1.1\r\nHost: ${evil}\r\n\r\n`] as const,
  ),
  ...methods().flatMap((method) =>
    [`http://${evil}/`, `http://${host}:443/`, `https://${host}/`, `${host}:443`].map(
      (url) => [`${method} ${url}`, `${method} ${url} HTTP/1.1\r\nHost: ${host}\r\n\r\n`] as const,
    ),
  ),
  ...urls().map((url) => [`GET ${url}`, `GET ${url} HTTP/1.1\r\nHost: ${evil}\r\n\r\n`] as const),
  ...[evil, host].flatMap((name) => [
    ...["HTTP/0.9", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/9.9", "HTTP/x", "http/1.1"].map(
      (version) => [`CONNECT ${name} by ${version}`, `CONNECT ${name}:443 ${version}\r\n\r\n`] as const,
    ),
    ...headers(name).map(
      (lines) =>
        [
          `CONNECT ${name} with ${JSON.stringify(lines.slice(0, 80))}${lines.length > 9_999 ? lines.length : ""}`,
          `CONNECT ${name}:443 HTTP/1.1\r\n${lines}\r\n\r\n`,
        ] as const,
    ),
  ]),
  ...garbage().map((bytes) => [`garbage ${JSON.stringify(bytes.slice(0, 60))}`, bytes] as const),
]);

function targets(): string[] {
  const hosts = [
    host,
    host.toUpperCase(),
    `${host}.`,
    `${host}..`,
    `.${host}`,
    `x.${host}`,
    `${host}.${evil}`,
    `x${host}`,
    evil,
    "localhost",
    "127.0.0.1",
    "127.1",
    "0x7f000001",
    "2130706433",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "::1",
    "169.254.169.254",
    "127.77.0.1",
    "127.77.0.2",
    "s3.amazonaws.com",
    "version.gitlab.com",
    "VERSION.gitlab.com.",
    `user@${host}`,
    `user:pw@${evil}`,
    `${host}%00.${evil}`,
    `${host}%2e${evil}`,
    `${host}#.${evil}`,
    `${host}?.${evil}`,
    "*",
    "-",
    "_",
    "a".repeat(60),
    "%",
    "é.test",
    `[${host}]`,
    "git-codecommit.us-east-1.amazonaws.com",
  ];
  const ports = [":443", ":80", ":22", ":0", ":8443", ":65979", ""];
  return [
    ...hosts.flatMap((name) => ports.map((port) => `${name}${port}`)),
    ...[
      ":443x",
      ":443:22",
      ":0443",
      ":+443",
      ":-1",
      ":443/",
      `:443@${evil}:443`,
      `:443/@${evil}:443`,
      ":4294967739",
      ":x",
    ].map((end) => `${host}${end}`),
    `version.gitlab.com:443/secret`,
    `version.gitlab.com:443@${evil}:443`,
    `${evil}:443@version.gitlab.com:443`,
    `${evil}/CONNECT version.gitlab.com:443 `,
    `${evil}\tCONNECT\tversion.gitlab.com:443`,
    `http://${host}:443`,
  ];
}

function methods(): string[] {
  return "GET POST PUT HEAD OPTIONS TRACE DELETE PATCH PURGE PROPFIND LOCK CONNECT connect Connect get FOO".split(
    " ",
  );
}

function urls(): string[] {
  return [
    "/",
    "*",
    "x",
    "http://",
    "http:///",
    `http://${evil}:0/`,
    `http://${evil}:99999/`,
    `http://${evil}:443/`,
    ...[
      "ftp",
      "gopher",
      "wais",
      "icap",
      "coap",
      "ws",
      "wss",
      "file",
      "urn",
      "cache_object",
      "whois",
      "https",
      "javascript",
    ].map((scheme) => `${scheme}://${evil}/`),
    "urn:x",
    `cache_object://${host}/info`,
    "/squid-internal-mgr/info",
    "http://127.0.0.1/squid-internal-mgr/menu",
    `http://${evil}/TCP_TUNNEL/200`,
    `http://${evil}/%20CONNECT%20version.gitlab.com:443%20`,
    `http://${evil}/ CONNECT version.gitlab.com:443 `,
    `gopher://${evil}/ CONNECT ${host}:443 `,
    `http://u%20CONNECT%20x:p@${evil}/`,
    `http://${evil}/\x0bCONNECT\x0cversion.gitlab.com:443`,
  ];
}

function headers(name: string): string[] {
  return [
    "Expect: x",
    "Expect: 100-continue",
    "Transfer-Encoding: gzip",
    "Transfer-Encoding: chunked",
    "Content-Length: 0",
    "Content-Length: 1\r\nContent-Length: 2",
    "Content-Length: x",
    "Content-Length: -1",
    "Transfer-Encoding: chunked\r\nContent-Length: 0",
    "Transfer-Encoding: identity",
    "Upgrade: websocket",
    `Host: ${host}`,
    `Host: ${evil}\r\nHost: ${host}`,
    "X-Forwarded-For: 127.0.0.1",
    "Max-Forwards: 0",
    "Connection: close",
    "Proxy-Connection: keep-alive",
    "Proxy-Authorization: Basic YTpi",
    `X: ${name}\r\n folded`,
    "Bad Header: x",
    "NoColon",
    "X : y",
    `X: ${"y".repeat(20_000)}`,
    `X: ${"y".repeat(70_000)}`,
    "X: a\0b",
    'User-Agent: " CONNECT version.gitlab.com:443 "',
    "Forwarded: for=127.0.0.1",
    "Via: 1.1 x",
  ];
}

function garbage(): string[] {
  return [
    "garbage\r\n\r\n",
    "NONE_NONE/000 http://x/ HTTP/1.1\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    `CONNECT ${evil}:443\r\n\r\n`,
    `CONNECT ${host}:443\r\n\r\n`,
    "PROXY TCP4 127.0.0.1 127.0.0.1 1 443\r\n\r\n",
    "SSH-2.0-x\r\n\r\n",
    "CONNECT\r\n\r\n",
    " \r\n\r\n",
    "\0\r\n\r\n",
    `CONNECT ${evil}:443 HTTP/1.1\n\n`,
    `CONNECT e\0vil.test:443 HTTP/1.1\r\n\r\n`,
    `CONNECT  ${evil}:443  HTTP/1.1\r\n\r\n`,
    `CONNECT ${"x".repeat(70_000)}:443 HTTP/1.1\r\n\r\n`,
    // A second request behind the first: behind one that is refused, and in what would be a body.
    ...[evil, host].map((name) => `GET http://${evil}/ HTTP/1.1\r\n\r\nCONNECT ${name}:443 HTTP/1.1\r\n\r\n`),
    ...[evil, host].map((name) => `CONNECT ${evil}:443 HTTP/1.1\r\n\r\nCONNECT ${name}:443 HTTP/1.1\r\n\r\n`),
    `POST http://${evil}/ HTTP/1.1\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nCONNECT ${evil}:443 HTTP/1.1\r\n\r\n`,
  ];
}
