/** The report as one page: no scripts, nothing fetched, the same bytes for the same report. */
import type { Report } from "../../isolation/claims/verify";
import { STATUSES, type CounterExample, type FlowEdge, type Verdict } from "../../isolation/verdict";
import { claimIds, type ClaimId } from "../../isolation/claims";
import { readable } from "../../isolation/claims/readable";
import { assumptions } from "./table";

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --bad: #c2242c; --open: #9a6700; }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #ff7b72; --open: #d29922; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; } td, th { border-bottom: 1px solid var(--line); padding: .4rem .6rem; text-align: left; vertical-align: top; }
.proved { color: var(--good); } .refuted { color: var(--bad); } .pending, .unknown { color: var(--open); }
td.status { white-space: nowrap; font-weight: 600; } code { overflow-wrap: anywhere; font-size: .85em; }
svg { width: 100%; height: auto; } svg text { fill: currentColor; font: 13px system-ui, sans-serif; text-anchor: middle; }
svg rect { fill: none; stroke: currentColor; } svg line { stroke: var(--good); stroke-width: 2; } svg line.out { stroke: var(--bad); stroke-dasharray: 6 4; }
details { margin: .5rem 0; } @media print { body { max-width: none; } details { display: block; } }
`;

/** The whole page. */
export function html(report: Report): string {
  const { verdicts, flows, inputs, accepted } = report;
  const stacks = Object.keys(inputs).join(" and ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>git-airlock: ${escape(stacks)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>git-airlock: the claims about ${escape(stacks)}</h1>
<p>${STATUSES.map((status) => `<strong class="${status}">${verdicts.filter((one) => one.status === status).length} ${status}</strong>`).join(", ")}.</p>
${picture(flows, openWaysOut(verdicts))}
<h2>Verdicts</h2>
<table>
<tr><th>Claim</th><th>Verdict</th><th>What is claimed, and why it is so</th></tr>
${verdicts.map(row).join("\n")}
</table>
<h2>Taken for granted</h2>
<ul>
${[...assumptions(verdicts)].map(([text, claims]) => `<li>${escape(text)} (${claims.join(", ")})</li>`).join("\n")}
</ul>
${acceptedByHand(accepted)}
<h2>Where data can go</h2>
<table>
<tr><th>From</th><th>To</th><th>By</th><th>Crosses</th></tr>
${flows.map(({ from, to, by, crosses }) => `<tr><td>${escape(from)}</td><td>${escape(to)}</td><td>${escape(readable(by))}</td><td${crosses === "out" ? ' class="refuted"' : ""}>${crosses}</td></tr>`).join("\n")}
</table>
<h2>What was read</h2>
<table>
<tr><th>Stack</th><th>SHA-256 of its resources</th></tr>
${Object.entries(inputs)
  .map(([stack, digest]) => `<tr><td>${escape(stack)}</td><td><code>${escape(digest)}</code></td></tr>`)
  .join("\n")}
</table>
</body>
</html>
`;
}

function acceptedByHand(accepted: Report["accepted"]): string {
  if (accepted.length === 0) return "";
  const rows = accepted.map(
    ({ urn, reason }) => `<tr><td><code>${escape(urn)}</code></td><td>${escape(reason)}</td></tr>`,
  );
  return `<h2>Accepted by hand</h2>
<p>What is not known of these resources leaves no claim open.</p>
<table>
<tr><th>Resource</th><th>Why</th></tr>
${rows.join("\n")}
</table>`;
}

function row({ claim, status, statement, summary, counterExamples, reasons, evidence }: Verdict): string {
  // What is the summary already says nothing more.
  const found = [...counterExamples.map(asText), ...reasons]
    .filter((text) => text !== summary)
    .map((text) => `<li>${escape(readable(text))}</li>`);
  const list = found.length > 0 ? `<ul>${found.join("")}</ul>` : "";
  const shown = evidence
    .map(
      ({ what, values }) =>
        `<dt>${escape(what)}</dt>${values.map((value) => `<dd><code>${escape(value)}</code></dd>`).join("")}`,
    )
    .join("");
  const details = shown === "" ? "" : `<details><summary>Evidence</summary><dl>${shown}</dl></details>`;
  return `<tr><td>${claim}</td><td class="status ${status}">${status}</td><td><strong>${escape(statement)}</strong><br>${escape(readable(summary))}${list}${details}</td></tr>`;
}

function asText(example: CounterExample): string {
  if (example.kind !== "packet") return example.says;
  const { from, to, protocol, port } = example.packet;
  return `${example.says} (${protocol} ${from} to ${to}, port ${port}, by ${example.path.join(", ")})`;
}

/** The places that edges lead between, from outside to inside. */
const PLACES = ["work terminals", "GitLab", "airlock repositories", "isolated terminals"];

/** Claims without which something may lead back out. */
const NOTHING_OUT = claimIds(({ wayBack }) => wayBack !== undefined);

function openWaysOut(verdicts: readonly Verdict<ClaimId>[]): ClaimId[] {
  return verdicts
    .filter(({ claim, status }) => NOTHING_OUT.includes(claim) && status !== "proved")
    .map(({ claim }) => claim);
}

/**
 * The path inwards from left to right; whatever leads out goes back underneath.
 * @param open the claims that leave it open whether more does
 */
function picture(flows: readonly FlowEdge[], open: readonly ClaimId[]): string {
  const x = (place: string) => 90 + Math.max(0, PLACES.indexOf(place)) * 230;
  const boxes = PLACES.map(
    (place) =>
      `<rect x="${x(place) - 80}" y="20" width="160" height="44" rx="6"/><text x="${x(place)}" y="47">${place}</text>`,
  );
  const edges = flows
    .filter(({ from, to, crosses }) => crosses !== "out" && PLACES.indexOf(to) === PLACES.indexOf(from) + 1)
    .map(
      ({ from, to }) =>
        `<line x1="${x(from) + 80}" y1="42" x2="${x(to) - 84}" y2="42" marker-end="url(#in)"/>`,
    );
  const isLeaking = flows.some(({ crosses }) => crosses === "out");
  const out = isLeaking
    ? `<line class="out" x1="${x("isolated terminals")}" y1="64" x2="${x("isolated terminals")}" y2="100"/><line class="out" x1="${x("isolated terminals")}" y1="100" x2="90" y2="100" marker-end="url(#out)"/><text x="440" y="92">data can get out</text>`
    : `<text x="440" y="96">${open.length > 0 ? `whether something leads back out is open: ${open.join(", ")}` : "nothing leads back out"}</text>`;
  const summary = isLeaking
    ? "Data can get out"
    : open.length > 0
      ? "Code goes in; whether data gets out is open"
      : "Code goes in, nothing leads back out";
  return `<svg viewBox="0 0 870 120" role="img" aria-label="${summary}">
<defs>${["in", "out"].map((id) => `<marker id="${id}" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0 8 4 0 8z" fill="${id === "in" ? "#1a7f37" : "#c2242c"}"/></marker>`).join("")}</defs>
${[...boxes, ...edges, out].join("\n")}
</svg>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
