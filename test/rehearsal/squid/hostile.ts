/** squid.conf files that open a real squid, or look as if they might, beside what a hasty reader sees in them. */
import { squidConf } from "../../../components/networkedGitlab/squidConf";
import { host } from "./requests";

const good = squidConf({ region: "eu-west-1", clientCidr: "127.0.0.0/16" });
const before = (line: string, text: string) => good.replace(line, `${text}${line}`);
const instead = (line: string, text: string) => good.replace(line, text);
const rule = "http_access deny !clients";
const acl = `acl codecommit dstdomain -n ${host}`;

export const hostile: readonly (readonly [what: string, text: string])[] = [
  ...["\r", "\v", "\f", "\t", "\0", "\u00a0", "\u0085", "\u2028", "\ufeff"].map(
    (odd) =>
      [
        `${JSON.stringify(odd)} in a rule`,
        before(rule, `http_access allow all${odd}codecommit tunnel https\n`),
      ] as const,
  ),
  ...[
    "via off",
    "cache_mem 8 MB",
    "pinger_enable off",
    "shutdown_lifetime 5 seconds",
    "pid_filename none",
    "acl request has request",
  ].map((line) => [`a continued line, ${line}`, before("http_access deny !tunnel", `${line} \\\n`)] as const),
  ["a long line", before(rule, `#${"x".repeat(8_190)}http_access allow all\n`)],
  ["a line that is long for a small buffer", before(rule, `#${"x".repeat(1_022)}http_access allow all\n`)],
  ["-n behind the name", instead(acl, `acl codecommit dstdomain ${host} -n`)],
  ["-n twice", instead(acl, `acl codecommit dstdomain -n -n ${host}`)],
  ["-i before -n", instead(acl, `acl codecommit dstdomain -i -n ${host}`)],
  ["no -n", instead(acl, `acl codecommit dstdomain ${host}`)],
  ["an acl twice", before(rule, `acl codecommit dstdomain -n evil.test\n`)],
  ["an acl twice in other letters", before(rule, `acl CodeCommit dstdomain -n evil.test\n`)],
  ["a predefined acl in other letters", before(rule, `acl connect method GET\n`)],
  ["a predefined acl again", before(rule, `acl all src 203.0.113.0/24\n`)],
  ["a type in other letters", instead(acl, `acl codecommit DSTDOMAIN -n ${host}`)],
  ["a macro", before(rule, "http_access allow ${service_name}all\n")],
  [
    "a condition",
    before("http_access deny !tunnel", "if false\n").replace("http_access allow", "endif\nhttp_access allow"),
  ],
  ["a file of values", instead(acl, 'acl codecommit dstdomain -n "/etc/hosts"')],
  ["a file of values by parameters()", instead(acl, 'acl codecommit dstdomain -n parameters("/etc/hosts")')],
  ["an included file", before(rule, "include /etc/squid/conf.d/*.conf\n")],
  ["single quotes", instead(acl, `acl codecommit dstdomain -n 'evil.test'`)],
  ["a regular expression", instead(acl, `acl codecommit dstdom_regex ${host}`)],
  ["another domain", instead(acl, `${acl} evil.test`)],
  ["a leading dot", instead(acl, `acl codecommit dstdomain -n .${host}`)],
  ["a second port", instead("port 443", "port 443 80")],
  ["a range of ports", instead("port 443", "port 443-444")],
  ["a port in octal", instead("port 443", "port 0443")],
  ["a second method", instead("method CONNECT", "method CONNECT GET")],
  ["an unknown method", instead("method CONNECT", "method CONNECT PURGE")],
  ["no rule for the rest", instead("http_access deny all\n", "")],
  ["the rest denied to nobody", instead("http_access deny all", "http_access deny !all")],
  ["the rest denied in part", instead("http_access deny all", "http_access deny all clients")],
  ["a double negation", instead("deny !tunnel", "deny !!tunnel")],
  ["a detached negation", instead("deny !tunnel", "deny ! tunnel")],
  ...[
    ...[
      "always_direct allow all",
      "never_direct allow all",
      "cache_peer evil.test parent 443 0",
      "url_rewrite_program /bin/sh",
    ],
    ...[
      "dns_nameservers 203.0.113.53",
      "hosts_file /tmp/hosts",
      "append_domain .evil.test",
      "icp_port 3130",
      "snmp_port 3401",
    ],
    ...[
      "http_port 3129 intercept",
      "http_port 3129 accel defaultsite=evil.test",
      "https_port 3130 cert=/x",
      "acl_uses_indirect_client on",
    ],
    ...[
      "adaptation_access x allow all",
      "icap_enable on",
      "tcp_outgoing_address 10.0.0.9",
      "logfile_daemon /bin/sh",
    ],
    ...[
      "access_log daemon:/tmp/x",
      "access_log tcp://203.0.113.9:514",
      "access_log udp:203.0.113.9:514",
      "access_log stdio:/etc/hosts",
    ],
    ...[
      "access_log syslog:local0",
      "cache_log /etc/hosts",
      "pid_filename /tmp/squid.conf",
      "coredump_dir /etc",
      "external_acl_type x %SRC /bin/sh",
    ],
    ...[
      "auth_param basic program /bin/sh",
      "on_unsupported_protocol tunnel all",
      "follow_x_forwarded_for allow all",
      "workers 2",
    ],
    ...[
      "debug_options ALL,9",
      "unlinkd_program /bin/sh",
      "pinger_program /bin/sh",
      "mime_table /tmp/x",
      "configuration_includes_quoted_values on",
    ],
  ].map((line) => [`the line "${line}"`, before(rule, `${line}\n`)] as const),
];
